package io.github.gracefulboot.handover;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.ReloadNotifier;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.posix.UnixSocket;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.HandOver;
import io.github.gracefulboot.shutdown.ProcessReplacer;
import io.github.gracefulboot.shutdown.ProcessStopper;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.socket.ListeningSocket;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import io.github.gracefulboot.web.tomcat.GracefulTomcatAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulHandOverAutoConfiguration}, with a real server.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class GracefulHandOverAutoConfigurationTests {

	private static final long PID = ProcessHandle.current().pid();

	private static final String TEST = "org.springframework.boot.test.context.SpringBootTestContextBootstrapper=true";

	@TempDir
	private Path directory;

	private final CompletableFuture<String> stopped = new CompletableFuture<>();

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner(
			AnnotationConfigServletWebServerApplicationContext::new)
		.withPropertyValues("server.port=0", "graceful.lame-duck.enabled=false")
		.withConfiguration(AutoConfigurations.of(TomcatServletWebServerAutoConfiguration.class,
				GracefulShutdownAutoConfiguration.class, GracefulWebAutoConfiguration.class,
				GracefulTomcatAutoConfiguration.class, GracefulHandOverAutoConfiguration.class))
		.withBean(ProcessStopper.class, () -> this::stop);

	@Test
	void whenThereIsNoPathThenNothingIsHandedOver() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HandOver.class));
	}

	@Test
	void whenItIsATestThenNothingIsHandedOver() {
		withPath().withPropertyValues(TEST).run((context) -> {
			assertThat(context).hasNotFailed().doesNotHaveBean(HandOver.class);
			assertThat(path()).doesNotExist();
		});
	}

	/**
	 * As where an application is processed ahead of time without a path, or JNA is
	 * missing: the bean is defined then, and is none.
	 */
	@Test
	void whenTheBeanIsNoneThenTheApplicationStartsAsWithout() {
		this.runner.withPropertyValues("graceful.handover.path=").run((context) -> {
			assertThat(context).hasNotFailed();
			accept(context);
			assertThat(status(port(context))).isEqualTo(404);
			context.close();
		});
	}

	@Test
	void whenThereIsNoWebServerThenNothingIsHandedOver() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
					GracefulHandOverAutoConfiguration.class))
			.withPropertyValues("graceful.handover.path=" + path())
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HandOver.class));
	}

	@Test
	void whenThereIsAPathThenItIsServedUntilTheEnd() {
		withPath().run((context) -> {
			assertThat(context).hasNotFailed();
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			HandOver handOver = context.getBean(HandOver.class);
			assertThat(handOver.takenOverFrom()).isNull();
			assertThat(handOver.handedOverTo()).isNull();
			try (UnixSocket client = UnixSocket.connect(path())) {
				assertThat(client).isNotNull();
			}
			context.close();
			assertThat(path()).doesNotExist();
			assertThat(shutdown.isPortServedOn()).isFalse();
		});
	}

	@Test
	void whenTheNextTakesThePortThenThisOneStopsAndItIsServedOn() {
		withPath().run((context) -> {
			assertThat(context).hasNotFailed();
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			int port = port(context);
			String file = OtherProcess.file(new ListeningSocket(port).descriptor(null).orElseThrow());
			try (OtherProcess next = OtherProcess.at(path())) {
				next.say("graceful-handover 1 take-over 60000");
				accept(context);
				assertThat(next.hear()).isEqualTo("welcome " + PID);
				next.say("listener main * " + port);
				assertThat(next.hear()).isEqualTo("listener * " + port + " own");
				assertThat(next.files()).last().isEqualTo(file);
				next.say("ready");
				assertThat(next.hear()).isEqualTo("leaving");
				assertThat(this.stopped.get()).isEqualTo(StopReason.HAND_OVER + ": hand-over to process " + PID);
				assertThat(context.getBean(HandOver.class).handedOverTo())
					.satisfies((generation) -> assertThat(generation.pid()).isEqualTo(PID));
				assertThat(shutdown.isPortServedOn()).isFalse();
				context.close();
				assertThat(shutdown.isPortServedOn()).isTrue();
				assertThat(path()).exists();
				try (UnixSocket client = UnixSocket.connect(path())) {
					assertThat(client).as("what the next one listens on").isNotNull();
				}
			}
		});
	}

	@Test
	void whenTheNextAsksForAnotherPortThenItIsToldWhichThisOneHas() {
		withPath().run((context) -> {
			accept(context);
			try (OtherProcess next = OtherProcess.at(path())) {
				next.say("graceful-handover 1 take-over 60000");
				assertThat(next.hear()).isEqualTo("welcome " + PID);
				next.say("listener main * 1");
				assertThat(next.hear()).isEqualTo("none * " + port(context));
				next.say("listener main 127.0.0.1 " + port(context));
				assertThat(next.hear()).isEqualTo("none * " + port(context));
				next.say("listener other * " + port(context));
				assertThat(next.hear()).startsWith("none * ");
				next.say("listener main 127.0.0.1 0");
				assertThat(next.hear()).startsWith("none * ");
				next.say("listener main 0.0.0.0 0");
				assertThat(next.hear()).isEqualTo("listener * " + port(context) + " own");
			}
		});
	}

	@Test
	void whenAnotherApplicationTakesThePortOverThenItServesWhenItIsReady() {
		withPath().run((first) -> {
			accept(first);
			int port = port(first);
			withPath().withPropertyValues("server.port=" + port).run((second) -> {
				assertThat(second).hasNotFailed();
				HandOver handOver = second.getBean(HandOver.class);
				assertThat(port(second)).isEqualTo(port);
				assertThat(handOver.takenOverFrom()).isNull();
				assertThat(this.stopped).isNotDone();
				accept(second);
				assertThat(handOver.takenOverFrom())
					.satisfies((generation) -> assertThat(generation.pid()).isEqualTo(PID));
				assertThat(this.stopped.get()).isEqualTo(StopReason.HAND_OVER + ": hand-over to process " + PID);
				first.close();
				assertThat(status(port)).isEqualTo(404);
				try (OtherProcess third = OtherProcess.at(path())) {
					third.say("graceful-handover 1 take-over 60000");
					assertThat(third.hear()).isEqualTo("welcome " + PID);
				}
			});
			assertThat(path()).doesNotExist();
		});
	}

	@Test
	void whenAnotherApplicationSharesThePortThenBothServeUntilTheLastOneStops() {
		withPath().run((first) -> {
			ShutdownSequence shutdown = first.getBean(ShutdownSequence.class);
			accept(first);
			int port = port(first);
			withPath().withPropertyValues("server.port=" + port, "graceful.handover.replace=false").run((second) -> {
				assertThat(second).hasNotFailed();
				accept(second);
				assertThat(second.getBean(HandOver.class).takenOverFrom()).isNotNull();
				first.close();
				assertThat(shutdown.isPortServedOn()).isTrue();
				assertThat(shutdown.getHandedOverTo()).isNull();
				assertThat(status(port)).isEqualTo(404);
			});
			assertThat(path()).doesNotExist();
		});
		assertThat(this.stopped).isNotDone();
	}

	@Test
	void whenAnotherApplicationStopsBeforeItIsReadyThenThisOneGoesOnToServe() {
		withPath().run((first) -> {
			accept(first);
			int port = port(first);
			withPath().withPropertyValues("server.port=" + port).run((second) -> {
				assertThat(second).hasNotFailed();
				PortHandOver handOver = second.getBean(PortHandOver.class);
				handOver.announceStop(Deadline.after(System::nanoTime, Duration.ofSeconds(9)));
				// Since a moment ago
				handOver.readinessChanged(true);
				assertThat(handOver.takenOverFrom()).isNull();
			});
			assertThat(this.stopped).isNotDone();
			assertThat(status(port)).isEqualTo(404);
			try (UnixSocket client = UnixSocket.connect(path())) {
				assertThat(client).isNotNull();
			}
		});
	}

	@Test
	void whenAnotherApplicationHasAnotherPortThenItsStartFailsAndThisOneGoesOnToServe() {
		withPath().run((first) -> {
			accept(first);
			withPath().withPropertyValues("server.port=1")
				.run((second) -> assertThat(second).getFailure()
					.rootCause()
					.isInstanceOf(HandOverFailedException.class)
					.hasMessage("Process %d listens on *:%d and this one is configured to listen on *:1.", PID,
							port(first)));
			assertThat(this.stopped).isNotDone();
			assertThat(status(port(first))).isEqualTo(404);
		});
	}

	@Test
	void whenSystemdIsToldThenTheProcessCanBeReplaced() {
		withPath().run((context) -> assertThat(context.getBeanProvider(ProcessReplacer.class).stream()).isEmpty());
		withPath().withPropertyValues("NOTIFY_SOCKET=/run/systemd/notify")
			.withBean(ReloadNotifier.class, () -> Runnable::run)
			.run((context) -> assertThat(context).hasSingleBean(ProcessReplacer.class));
	}

	@Test
	void whenThePathCannotBeUsedThenTheStartFails() throws IOException {
		Files.writeString(path(), "precious");
		withPath()
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("is not a socket"));
		assertThat(path()).hasContent("precious");
	}

	private WebApplicationContextRunner withPath() {
		return this.runner.withPropertyValues("graceful.handover.path=" + path());
	}

	private Path path() {
		return this.directory.resolve("handover.sock");
	}

	private static void accept(AssertableWebApplicationContext context) {
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
	}

	private static int status(int port) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port)).build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
	}

	private void stop(StopReason reason, String source) {
		this.stopped.complete(reason + ": " + source);
	}

	private static int port(AssertableWebApplicationContext context) {
		return ((WebServerApplicationContext) context.getSourceApplicationContext()).getWebServer().getPort();
	}

}
