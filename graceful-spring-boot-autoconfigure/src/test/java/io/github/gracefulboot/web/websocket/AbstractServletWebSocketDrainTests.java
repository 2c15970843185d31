package io.github.gracefulboot.web.websocket;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import jakarta.websocket.OnClose;
import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;
import jakarta.websocket.server.ServerEndpointConfig;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
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
	static class Stomp implements WebSocketMessageBrokerConfigurer {

		@Override
		public void registerStompEndpoints(StompEndpointRegistry registry) {
			registry.addEndpoint("/stomp");
		}

		@Override
		public void configureMessageBroker(MessageBrokerRegistry registry) {
			registry.enableSimpleBroker("/topic");
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
			return text;
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
