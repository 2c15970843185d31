package io.github.gracefulboot.web;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who pauses before the web server stops, for clients to notice that the instance has
 * left, is told while requests are served, as by Spring Boot.
 */
class PauseOnCloseTests {

	@ParameterizedTest
	@ValueSource(strings = { "listener", "lifecycle" })
	void whilePausingRequestsAreServed(String kind) {
		assertThat(answersWhile(kind)).containsExactly("served");
	}

	@Test
	void whoWaitsForSomethingIsToldAfterTheDrain() {
		assertThat(answersWhile("looping")).containsExactly("refused");
	}

	private static List<String> answersWhile(String kind) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setRegisterShutdownHook(false);
		ConfigurableApplicationContext context = application.run("--server.port=0", "--kind=" + kind,
				"--graceful.lame-duck.quiet-period=1ms", "--spring.main.web-application-type=servlet");
		Client client = context.getBean(Client.class);
		ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
		context.close();
		assertThat(shutdown.finish().cutOff()).isEmpty();
		return client.answers;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Client client(Environment environment) {
			return new Client(environment);
		}

		@Bean
		Controller controller() {
			return new Controller();
		}

		@Bean
		@ConditionalOnProperty(name = "kind", havingValue = "listener")
		Object listener(Client client) {
			return new Object() {

				@EventListener
				void on(ContextClosedEvent event) throws InterruptedException {
					client.get();
					Thread.sleep(1);
				}

			};
		}

		@Bean
		@ConditionalOnProperty(name = "kind", havingValue = "looping")
		Object looping(Client client) {
			return new Object() {

				@EventListener
				void on(ContextClosedEvent event) throws InterruptedException {
					client.get();
					while (!client.hasEnded()) {
						Thread.sleep(1);
					}
				}

			};
		}

		@Bean
		@ConditionalOnProperty(name = "kind", havingValue = "lifecycle")
		SmartLifecycle lifecycle(Client client) {
			return new Leaving(client);
		}

	}

	static class Leaving implements SmartLifecycle {

		private final Client client;

		private volatile boolean running;

		Leaving(Client client) {
			this.client = client;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.client.get();
			LockSupport.parkNanos(1);
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

	static class Client {

		private final List<String> answers = new CopyOnWriteArrayList<>();

		private final Environment environment;

		Client(Environment environment) {
			this.environment = environment;
		}

		void get() {
			URI uri = URI.create("http://127.0.0.1:" + this.environment.getProperty("local.server.port"));
			try {
				HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build();
				this.answers.add(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
			}
			catch (Exception ex) {
				this.answers.add("refused");
			}
		}

		boolean hasEnded() {
			return !this.answers.isEmpty();
		}

	}

	@RestController
	static class Controller {

		@GetMapping("/")
		String get() {
			return "served";
		}

	}

}
