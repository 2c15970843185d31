package io.github.gracefulboot;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A child context with the starter closes while its parent lives on, whose supervisors,
 * handshakes, meters and participants do not notice.
 */
class ChildContextTests {

	private static final String[] PROPERTIES = { "server.port=0", "graceful.shutdown.exit-codes=false" };

	private static final List<String> CALLS = new CopyOnWriteArrayList<>();

	@Test
	void whenAChildClosesThenItsParentDoesNotNotice() throws IOException {
		CALLS.clear();
		try (ConfigurableApplicationContext parent = new SpringApplicationBuilder(Parent.class)
			.web(WebApplicationType.SERVLET)
			.properties(PROPERTIES)
			.run()) {
			Awaitility.await().untilAsserted(() -> assertThat(CALLS).containsExactly("supervisor: ready"));
			try (ConfigurableApplicationContext child = new SpringApplicationBuilder(Child.class).parent(parent)
				.web(WebApplicationType.NONE)
				.properties(PROPERTIES)
				.run()) {
				assertThat(child.getBean(GracefulShutdown.class)).isNotSameAs(parent.getBean(GracefulShutdown.class));
				CALLS.add("child closes");
			}
			assertThat(CALLS).containsExactly("supervisor: ready", "child closes", "child: announced",
					"child: drained");
			GracefulShutdown shutdown = parent.getBean(GracefulShutdown.class);
			assertThat(shutdown.getStage()).isEqualTo(Stage.RUNNING);
			assertThat(shutdown.getReason()).isNull();
			assertThat(parent.getBean(MeterRegistry.class).find("graceful.stage").timer()).isNull();
			int port = ((WebServerApplicationContext) parent).getWebServer().getPort();
			assertThat(handshake(port)).doesNotContain(" 503 ");
			assertThat(parent.getBean(ApplicationAvailability.class).getReadinessState())
				.isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
			CALLS.add("parent closes");
			parent.getBean(ShutdownSequence.class).start(StopReason.SIGTERM);
		}
		assertThat(CALLS.subList(5, CALLS.size())).containsExactlyInAnyOrder("supervisor: stopping",
				"parent: announced", "parent: drained");
	}

	private static String handshake(int port) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.getOutputStream().write("""
					GET / HTTP/1.1
					Host: localhost
					Connection: close, Upgrade
					Upgrade: websocket

					""".replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Parent {

		@Bean
		@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
		static Supervisor supervisor() {
			return new Supervisor() {

				@Override
				public void ready() {
					CALLS.add("supervisor: ready");
				}

				@Override
				public void stopping() {
					CALLS.add("supervisor: stopping");
				}

			};
		}

		@Bean
		MeterRegistry registry() {
			return new SimpleMeterRegistry();
		}

		@Bean
		Announcer parentAnnouncer() {
			return (deadline) -> CALLS.add("parent: announced");
		}

		@Bean
		DrainParticipant parentParticipant() {
			return (deadline) -> CALLS.add("parent: drained");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Child {

		@Bean
		Announcer childAnnouncer() {
			return (deadline) -> CALLS.add("child: announced");
		}

		@Bean
		DrainParticipant childParticipant() {
			return (deadline) -> CALLS.add("child: drained");
		}

	}

}
