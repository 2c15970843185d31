package io.github.gracefulboot.web;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
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
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.handler.TextWebSocketHandler;

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
	@CsvSource({ "lifecycle", "event" })
	void theLastWordOnAStreamIsSent(String end) throws Exception {
		this.context = start(end);
		CompletableFuture<HttpResponse<String>> response = get("/poll/events");
		awaitTasks(1);
		this.context.close();
		assertThat(response.get(10, TimeUnit.SECONDS).body()).contains("data:told");
		assertClean();
	}

	@Test
	void whenTheApplicationSaysNothingThenAStreamEndsAllTheSame() throws Exception {
		this.context = start("never");
		CompletableFuture<HttpResponse<String>> response = get("/poll/events");
		awaitTasks(1);
		this.context.close();
		assertThat(response.get(10, TimeUnit.SECONDS).body()).isEqualTo("data:first\n\n");
		assertClean();
	}

	@ParameterizedTest
	@CsvSource({ "lifecycle", "event" })
	void theLastWordOnAWebSocketIsSent(String end) throws Exception {
		this.context = start(end);
		Messages messages = new Messages();
		HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.buildAsync(URI.create("ws://127.0.0.1:" + port() + "/socket"), messages)
			.get(10, TimeUnit.SECONDS);
		awaitTasks(1);
		this.context.close();
		assertThat(messages.received.get(10, TimeUnit.SECONDS)).isEqualTo("told");
		assertThat(messages.closed.get(10, TimeUnit.SECONDS)).isEqualTo(CloseStatus.GOING_AWAY.getCode());
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
		return HttpClient.newHttpClient()
			.sendAsync(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path)).build(),
					BodyHandlers.ofString());
	}

	private String port() {
		return this.context.getEnvironment().getRequiredProperty("local.server.port");
	}

	private void awaitTasks(int count) {
		Awaitility.await().until(() -> this.shutdown.getActiveTasks().size() == count);
	}

	private void assertClean() {
		assertThat(this.shutdown.finish().cutOff()).isEmpty();
	}

	private static final class Messages implements WebSocket.Listener {

		private final CompletableFuture<String> received = new CompletableFuture<>();

		private final CompletableFuture<Integer> closed = new CompletableFuture<>();

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
			this.received.complete(data.toString());
			return WebSocket.Listener.super.onText(socket, data, last);
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
			this.closed.complete(code);
			return null;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableWebSocket
	static class Application {

		@Bean
		WebSocketConfigurer sockets(Poll poll) {
			return (registry) -> registry.addHandler(new TextWebSocketHandler() {

				@Override
				public void afterConnectionEstablished(WebSocketSession session) {
					poll.told.thenAccept((told) -> {
						try {
							session.sendMessage(new TextMessage(told));
						}
						catch (IOException ex) {
							throw new UncheckedIOException(ex);
						}
					});
				}

			}, "/socket");
		}

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

		@GetMapping("/poll/events")
		SseEmitter events() throws IOException {
			SseEmitter emitter = new SseEmitter(60_000L);
			emitter.send("first");
			this.poll.told.thenAccept((told) -> {
				try {
					emitter.send(told);
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
