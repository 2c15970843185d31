package io.github.gracefulboot.web;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is in flight may end only when somebody hears of the shutdown whom Spring Boot
 * tells before it waits for requests.
 */
class ToldBeforeTheWaitTests {

	private ConfigurableApplicationContext context;

	private ShutdownSequence shutdown;

	@AfterEach
	void close() {
		this.context.close();
	}

	@ParameterizedTest
	@CsvSource({ "deferred, lifecycle", "deferred, event", "deferred, readiness", "emitter, lifecycle",
			"emitter, event", "blocking, lifecycle", "blocking, event" })
	void aResponseThatTheApplicationItselfEndsIsSent(String kind, String end) throws Exception {
		this.context = start(end);
		CompletableFuture<HttpResponse<String>> response = get("/poll/" + kind);
		awaitTasks(1);
		this.context.close();
		assertThat(response.get(10, TimeUnit.SECONDS).body()).isEqualTo("told");
		assertClean();
	}

	@ParameterizedTest
	@ValueSource(strings = { "lifecycle", "event" })
	void aLoopThatTheApplicationItselfEndsIsNotWaitedForToTheEnd(String end) {
		this.context = start(end);
		Poll poll = this.context.getBean(Poll.class);
		this.context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class).submit(poll::await);
		awaitTasks(1);
		this.context.close();
		assertClean();
	}

	@Test
	void aRequestThatNeedsAnExecutorAfterOthersWereToldStillFinishes() throws Exception {
		this.context = start("event");
		CompletableFuture<HttpResponse<String>> response = get("/then-async");
		awaitTasks(1);
		this.context.close();
		assertThat(response.get(10, TimeUnit.SECONDS).body()).isEqualTo("told, and done");
		assertClean();
	}

	private ConfigurableApplicationContext start(String end) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setRegisterShutdownHook(false);
		ConfigurableApplicationContext context = application.run("--server.port=0", "--end=" + end,
				"--graceful.shutdown.timeout=60s", "--spring.main.web-application-type=servlet");
		this.shutdown = context.getBean(ShutdownSequence.class);
		return context;
	}

	private CompletableFuture<HttpResponse<String>> get(String path) {
		String port = this.context.getEnvironment().getProperty("local.server.port");
		return HttpClient.newHttpClient()
			.sendAsync(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
					BodyHandlers.ofString());
	}

	private void awaitTasks(int count) {
		Awaitility.await().until(() -> this.shutdown.getActiveTasks().size() == count);
	}

	private void assertClean() {
		assertThat(this.shutdown.finish().cutOff()).isEmpty();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Poll poll() {
			return new Poll();
		}

		@Bean
		Controller controller(Poll poll, @Qualifier("applicationTaskExecutor") AsyncTaskExecutor executor) {
			return new Controller(poll, executor);
		}

		@Bean
		@ConditionalOnProperty(name = "end", havingValue = "lifecycle")
		SmartLifecycle ending(Poll poll) {
			return new EndingLifecycle(poll);
		}

		@Bean
		@ConditionalOnProperty(name = "end", havingValue = "event")
		Object listening(Poll poll) {
			return new Object() {

				@EventListener
				void closed(ContextClosedEvent event) {
					poll.tell();
				}

			};
		}

		@Bean
		@ConditionalOnProperty(name = "end", havingValue = "readiness")
		Object leaving(Poll poll) {
			return new Object() {

				@EventListener
				void changed(AvailabilityChangeEvent<ReadinessState> event) {
					if (event.getState() == ReadinessState.REFUSING_TRAFFIC) {
						poll.tell();
					}
				}

			};
		}

	}

	static class Poll {

		private final CompletableFuture<String> told = new CompletableFuture<>();

		String await() {
			return this.told.join();
		}

		void tell() {
			this.told.complete("told");
		}

	}

	private static final class EndingLifecycle implements SmartLifecycle {

		private final Poll poll;

		private volatile boolean running;

		private EndingLifecycle(Poll poll) {
			this.poll = poll;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			this.poll.tell();
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

	@RestController
	static class Controller {

		private final Poll poll;

		private final AsyncTaskExecutor executor;

		Controller(Poll poll, AsyncTaskExecutor executor) {
			this.poll = poll;
			this.executor = executor;
		}

		@GetMapping("/poll/deferred")
		DeferredResult<String> deferred() {
			DeferredResult<String> result = new DeferredResult<>(60_000L);
			this.poll.told.thenAccept(result::setResult);
			return result;
		}

		@GetMapping("/poll/emitter")
		ResponseBodyEmitter emitter() {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(60_000L);
			this.poll.told.thenAccept((told) -> {
				try {
					emitter.send(told, MediaType.TEXT_PLAIN);
					emitter.complete();
				}
				catch (Exception ex) {
					emitter.completeWithError(ex);
				}
			});
			return emitter;
		}

		@GetMapping("/poll/blocking")
		String blocking() {
			return this.poll.await();
		}

		@GetMapping("/then-async")
		String thenAsync() throws Exception {
			String told = this.poll.await();
			return this.executor.submit(() -> told + ", and done").get();
		}

	}

}
