package io.github.gracefulboot.web;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real server of a reactive application with real connections in every state.
 */
public abstract class AbstractReactiveServerDrainTests extends AbstractProtocolDrainTests {

	/**
	 * More than the buffers of a connection hold.
	 */
	protected static final int HUGE = 32 * 1024 * 1024;

	protected BlockingHandler handler;

	/**
	 * Creates the tests.
	 * @param application an application with the server and {@link Application}
	 */
	protected AbstractReactiveServerDrainTests(Class<?> application) {
		super(application, WebApplicationType.REACTIVE);
	}

	@Override
	protected void start(String... args) {
		super.start(args);
		this.handler = this.context.getBean(BlockingHandler.class);
	}

	/**
	 * What the application of each server is made of.
	 */
	public static class Application {

		@Bean
		BlockingHandler blockingHandler() {
			return new BlockingHandler();
		}

		@Bean
		RouterFunction<ServerResponse> routes(BlockingHandler handler) {
			return RouterFunctions.route().GET("/**", handler).build();
		}

		@Bean
		StageLatch stageLatch() {
			return new StageLatch();
		}

	}

	/**
	 * Answers at once, or when it is released.
	 */
	protected static class BlockingHandler implements HandlerFunction<ServerResponse>, Fixture {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final Sinks.Empty<Void> release = Sinks.empty();

		@Override
		public Mono<ServerResponse> handle(ServerRequest request) {
			Mono<Void> released = Mono.empty();
			if (request.path().equals("/block")) {
				this.entered.countDown();
				released = this.release.asMono();
			}
			if (request.path().equals("/large")) {
				return ServerResponse.ok().bodyValue(new byte[LARGE]);
			}
			if (request.path().equals("/huge")) {
				return ServerResponse.ok().bodyValue(new byte[HUGE]);
			}
			return released.then(request.queryParam("chunked").isPresent()
					? ServerResponse.ok().body(Flux.just("done"), String.class)
					: ServerResponse.ok().bodyValue("done"));
		}

		@Override
		public void awaitEntered() {
			try {
				assertThat(this.entered.await(10, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

		@Override
		public void release() {
			this.release.tryEmitEmpty();
		}

	}

}
