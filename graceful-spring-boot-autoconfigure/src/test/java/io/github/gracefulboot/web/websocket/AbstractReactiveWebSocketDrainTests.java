package io.github.gracefulboot.web.websocket;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Closes the sessions of a reactive application, on each server.
 */
abstract class AbstractReactiveWebSocketDrainTests extends AbstractWebSocketDrainTests {

	AbstractReactiveWebSocketDrainTests(Class<?> application) {
		super(application, WebApplicationType.REACTIVE);
	}

	@Test
	void whenHandlerDoesNotAnswerThenItsMessageIsFinishedToo() throws Exception {
		start();
		Sessions sessions = this.context.getBean(Sessions.class);
		Client idle = connect("/ingest");
		idle.socket.sendText("more", true).join();
		assertThat(sessions.ended.poll(10, TimeUnit.SECONDS)).isEqualTo("more");
		Client busy = connect("/ingest");
		busy.socket.sendText("work", true).join();
		sessions.awaitWork();
		stop();
		assertThat(idle.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
		assertThat(busy.closed).isNotDone();
		assertThat(this.closed).isNotDone();
		sessions.finishWork();
		assertThat(busy.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(sessions.ended).containsExactly("done alive");
		assertThat(this.shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenHandlerSendsWithoutBeingAskedThenNobodyWaitsForIt() throws Exception {
		start();
		Sessions sessions = this.context.getBean(Sessions.class);
		Client client = connect("/push");
		client.socket.sendText("more", true).join();
		assertThat(sessions.ended.poll(10, TimeUnit.SECONDS)).isEqualTo("more");
		assertThat(client.messages.poll(10, TimeUnit.SECONDS)).isNotNull();
		stop();
		assertThat(client.closed).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(GOING_AWAY);
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(this.shutdown.finish().isClean()).isTrue();
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
			WebSocketHandler ingest = (session) -> ingest(session, sessions);
			WebSocketHandler push = (session) -> session
				.send(Flux.interval(Duration.ofMillis(50))
					.onBackpressureDrop()
					.map(String::valueOf)
					.map(session::textMessage))
				.and(ingest(session, sessions));
			return new SimpleUrlHandlerMapping(
					Map.of("/echo", new EchoHandler(sessions), "/ingest", ingest, "/push", push), -1);
		}

		private static Mono<Void> ingest(WebSocketSession session, Sessions sessions) {
			return session.receive()
				.map(WebSocketMessage::getPayloadAsText)
				.concatMap((text) -> Mono
					.fromRunnable(() -> sessions.ended.add(text.equals("work") ? sessions.work() : text))
					.subscribeOn(Schedulers.boundedElastic()))
				.then();
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
				if (text.equals("work")) {
					return Mono.fromCallable(this.sessions::work)
						.subscribeOn(Schedulers.boundedElastic())
						.map(session::textMessage);
				}
				return Flux.just(session.textMessage(text));
			})).doFinally((signal) -> this.sessions.ended());
		}

	}

}
