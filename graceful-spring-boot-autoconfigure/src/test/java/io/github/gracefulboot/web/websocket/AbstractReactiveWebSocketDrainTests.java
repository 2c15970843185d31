package io.github.gracefulboot.web.websocket;

import java.util.Map;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * Closes the sessions of a reactive application, on each server.
 */
abstract class AbstractReactiveWebSocketDrainTests extends AbstractWebSocketDrainTests {

	AbstractReactiveWebSocketDrainTests(Class<?> application) {
		super(application, WebApplicationType.REACTIVE);
	}

	/**
	 * What the application of each server is made of.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		Sessions sessions() {
			return new Sessions();
		}

		@Bean
		HandlerMapping handlers(Sessions sessions) {
			return new SimpleUrlHandlerMapping(Map.of("/echo", new EchoHandler(sessions)), -1);
		}

	}

	static final class EchoHandler implements WebSocketHandler {

		private final Sessions sessions;

		EchoHandler(Sessions sessions) {
			this.sessions = sessions;
		}

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			return session.send(session.receive().map(WebSocketMessage::getPayloadAsText).flatMap((text) -> {
				if (text.equals("flood")) {
					return Flux.range(0, 4000).map((i) -> session.textMessage(this.sessions.much(i)));
				}
				return Flux.just(session.textMessage(text));
			})).doFinally((signal) -> this.sessions.ended());
		}

	}

}
