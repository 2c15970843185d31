package io.github.gracefulboot.web.websocket;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.gracefulboot.Stage;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.annotation.SubscribeMapping;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.stereotype.Controller;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;
import org.springframework.web.socket.handler.TextWebSocketHandler;
import org.springframework.web.socket.server.standard.ServerEndpointExporter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a servlet container with sessions of each kind.
 */
abstract class AbstractServletWebSocketDrainTests extends AbstractWebSocketDrainTests {

	AbstractServletWebSocketDrainTests(Class<?> application) {
		super(application, WebApplicationType.SERVLET);
	}

	@Test
	void whenDrainBeginsThenSessionOfJakartasEndpointIsClosedToo() throws Exception {
		start();
		whenDrainBeginsThenSessionIsClosed("/annotated");
	}

	@Test
	void whenDrainBeginsThenSessionOfSockJsIsClosedToo() throws Exception {
		start();
		whenDrainBeginsThenSessionIsClosed("/sockjs/websocket");
	}

	@Test
	void whileDrainingThenHandshakeOfJakartasEndpointIsRefusedToo() throws Exception {
		start("--graceful.drain.streams=wait");
		whileDrainingThenHandshakeIsRefused("/annotated");
	}

	@Test
	void whenDrainBeginsThenStompSessionIsClosedToo() throws Exception {
		start();
		Client client = connect("/stomp");
		assertThat(client.send("CONNECT\naccept-version:1.2\nhost:localhost\n\n\0")).startsWith("CONNECTED");
		stop();
		assertThat(client.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
	}

	@Test
	void whenMessageOfJakartasEndpointIsInHandThenItIsAnsweredToo() throws Exception {
		start();
		whenMessageIsInHandThenItIsAnsweredBeforeTheSessionIsClosed(connect("/annotated"), "work", "done alive");
	}

	@Test
	void whenMessageOfSockJsIsInHandThenItIsAnsweredToo() throws Exception {
		start();
		whenMessageIsInHandThenItIsAnsweredBeforeTheSessionIsClosed(connect("/sockjs/websocket"), "work", "done alive");
	}

	@ParameterizedTest
	@ValueSource(strings = { "work", "future", "mono", "user" })
	void whenStompMessageIsInHandThenItIsAnsweredToo(String destination) throws Exception {
		start();
		Client client = connectStomp();
		whenMessageIsInHandThenItIsAnsweredBeforeTheSessionIsClosed(client,
				"SEND\ndestination:/app/%s\n\nwork\0".formatted(destination), "done alive");
	}

	@Test
	void whenStompMessageTakesLongerThanOthersWaitThenItIsAnsweredToo() throws Exception {
		start();
		Client client = connectStomp();
		client.socket.sendText("SEND\ndestination:/app/long\n\nwork\0", true).join();
		this.context.getBean(Sessions.class).awaitWork();
		stop();
		assertThat(client.messages.poll(30, TimeUnit.SECONDS)).contains("done late");
		assertThat(client.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
	}

	@Test
	void whenStompMessageIsNotDoneInTimeThenItIsNamed() throws Exception {
		start("--graceful.shutdown.timeout=3s");
		Sessions sessions = this.context.getBean(Sessions.class);
		connectStomp().socket.sendText("SEND\ndestination:/app/work\n\nwork\0", true).join();
		sessions.awaitWork();
		try {
			this.context.close();
		}
		finally {
			sessions.finishWork();
		}
		assertThat(this.shutdown.finish().cutOff()).anySatisfy((what) -> assertThat(what)
			.matches("STOMP message to /app/work of WebSocket /stomp for \\d+\\.\\d s on thread .+"));
	}

	private Client connectStomp() throws InterruptedException {
		Client client = connect("/stomp");
		assertThat(client.send("CONNECT\naccept-version:1.2\nhost:localhost\n\n\0")).startsWith("CONNECTED");
		client.socket.sendText("SUBSCRIBE\nid:1\ndestination:/topic/replies\n\n\0", true).join();
		assertThat(client.send("SUBSCRIBE\nid:2\ndestination:/app/hello\n\n\0")).contains("hello");
		client.socket.sendText("SUBSCRIBE\nid:3\ndestination:/user/queue/replies\n\n\0", true).join();
		assertThat(client.send("SUBSCRIBE\nid:4\ndestination:/app/hello\n\n\0")).contains("hello");
		return client;
	}

	@Test
	void whenMessageComesWhileAnotherIsInHandThenItIsAnsweredToo() throws Exception {
		start();
		Sessions sessions = this.context.getBean(Sessions.class);
		Client client = connect("/echo");
		client.socket.sendText("work", true).join();
		sessions.awaitWork();
		stop();
		awaitStage(Stage.DRAIN);
		client.socket.sendText("more", true).join();
		sessions.finishWork();
		assertThat(client.messages.poll(10, TimeUnit.SECONDS)).isEqualTo("done alive");
		assertThat(client.messages.poll(10, TimeUnit.SECONDS)).isEqualTo("more");
		assertThat(client.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
	}

	@Test
	void whenHandlerIsBusyClosingThenItIsWaitedFor() throws Exception {
		start();
		Client client = connect("/closing");
		stop();
		whenHandlerIsBusyThenItIsWaitedFor(client, "close of WebSocket /closing for \\d+\\.\\d s.*");
	}

	/**
	 * Finishes the work of a handler when the drain has begun.
	 */
	void whenHandlerIsBusyThenItIsWaitedFor(Client client, String task) {
		Sessions sessions = this.context.getBean(Sessions.class);
		sessions.awaitWork();
		awaitStage(Stage.DRAIN);
		awaitTasksOfWebSockets(task);
		assertThat(this.closed).isNotDone();
		sessions.finishWork();
		assertThat(client.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(sessions.ended).contains("done alive");
		assertThat(this.shutdown.finish().isClean()).isTrue();
	}

	/**
	 * What the application of each server is made of.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableWebSocket
	@Import(Stomp.class)
	static class Application {

		@Bean
		Sessions sessions() {
			return new Sessions();
		}

		@Bean
		WebSocketConfigurer handlers(Sessions sessions) {
			return new WebSocketConfigurer() {

				@Override
				public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
					registry.addHandler(new EchoHandler(sessions), "/echo");
					registry.addHandler(new EchoHandler(sessions), "/sockjs").withSockJS();
					registry.addHandler(new SlowHandler(sessions), "/opening", "/closing");
				}

			};
		}

		@Bean
		AnnotatedEndpoint annotatedEndpoint(Sessions sessions) {
			AnnotatedEndpoint.Configurator.sessions.set(sessions);
			return new AnnotatedEndpoint(sessions);
		}

		@Bean
		ServerEndpointExporter serverEndpointExporter() {
			return new ServerEndpointExporter();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSocketMessageBroker
	@Import(StompController.class)
	static class Stomp implements WebSocketMessageBrokerConfigurer {

		@Override
		public void registerStompEndpoints(StompEndpointRegistry registry) {
			registry.addEndpoint("/stomp");
		}

		@Override
		public void configureMessageBroker(MessageBrokerRegistry registry) {
			registry.enableSimpleBroker("/topic", "/queue");
			registry.setApplicationDestinationPrefixes("/app");
		}

	}

	@Controller
	static class StompController {

		private final Sessions sessions;

		StompController(Sessions sessions) {
			this.sessions = sessions;
		}

		@SubscribeMapping("/hello")
		String hello() {
			return "hello";
		}

		@MessageMapping("/long")
		@SendTo("/topic/replies")
		String takesLong() throws InterruptedException {
			this.sessions.workBegan();
			// Others are told after a second without progress
			Thread.sleep(2500);
			return "done late";
		}

		@MessageMapping("/work")
		@SendTo("/topic/replies")
		String work() {
			return this.sessions.work();
		}

		@MessageMapping("/user")
		@SendToUser("/queue/replies")
		String user() {
			return this.sessions.work();
		}

		@MessageMapping("/future")
		@SendTo("/topic/replies")
		CompletableFuture<String> future() {
			return CompletableFuture.supplyAsync(this.sessions::work);
		}

		@MessageMapping("/mono")
		@SendTo("/topic/replies")
		Mono<String> mono() {
			return Mono.fromCallable(this.sessions::work).subscribeOn(Schedulers.boundedElastic());
		}

	}

	/**
	 * Takes long when a session opens, or when it closes.
	 */
	static final class SlowHandler extends AbstractWebSocketHandler {

		private final Sessions sessions;

		SlowHandler(Sessions sessions) {
			this.sessions = sessions;
		}

		@Override
		public void afterConnectionEstablished(WebSocketSession session) {
			workAt(session, "/opening");
		}

		@Override
		public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
			workAt(session, "/closing");
		}

		private void workAt(WebSocketSession session, String path) {
			if (session.getUri().getPath().equals(path)) {
				this.sessions.ended.add(this.sessions.work());
			}
		}

	}

	static final class EchoHandler extends TextWebSocketHandler {

		private final Sessions sessions;

		EchoHandler(Sessions sessions) {
			this.sessions = sessions;
		}

		@Override
		protected void handleTextMessage(WebSocketSession session, TextMessage message) throws IOException {
			if (message.getPayload().equals("flood")) {
				this.sessions.flood((text) -> session.sendMessage(new TextMessage(text)));
			}
			else if (message.getPayload().equals("work")) {
				session.sendMessage(new TextMessage(this.sessions.work()));
			}
			else {
				session.sendMessage(message);
			}
		}

		@Override
		public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
			this.sessions.ended();
		}

	}

	/**
	 * An endpoint as Jakarta has it.
	 */
	@ServerEndpoint(value = "/annotated", configurator = AnnotatedEndpoint.Configurator.class)
	public static final class AnnotatedEndpoint {

		private final Sessions sessions;

		AnnotatedEndpoint(Sessions sessions) {
			this.sessions = sessions;
		}

		@OnMessage
		public String echo(String text) {
			return text.equals("work") ? this.sessions.work() : text;
		}

		@OnClose
		public void ended() {
			this.sessions.ended();
		}

		/**
		 * The container creates it and asks it for endpoints.
		 */
		public static final class Configurator extends ServerEndpointConfig.Configurator {

			private static final AtomicReference<Sessions> sessions = new AtomicReference<>();

			@Override
			public <T> T getEndpointInstance(Class<T> type) {
				return type.cast(new AnnotatedEndpoint(sessions.get()));
			}

		}

	}

}
