package io.github.gracefulboot.web.netty;

import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.web.RawClient;
import io.github.gracefulboot.web.ServerDrainTests;
import org.awaitility.Awaitility;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real Reactor Netty.
 */
class NettyDrainTests extends ServerDrainTests {

	NettyDrainTests() {
		super(NettyApplication.class, WebApplicationType.REACTIVE);
	}

	@Override
	protected void awaitListenerClosed() {
		Awaitility.await().until(this::isRefused);
	}

	private boolean isRefused() throws IOException {
		try (RawClient client = connect()) {
			return false;
		}
		catch (ConnectException ex) {
			return true;
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class NettyApplication {

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
	static class BlockingHandler implements HandlerFunction<ServerResponse>, Fixture {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final Sinks.Empty<Void> release = Sinks.empty();

		@Override
		public Mono<ServerResponse> handle(ServerRequest request) {
			Mono<Void> released = Mono.empty();
			if (request.path().equals("/block")) {
				this.entered.countDown();
				released = this.release.asMono();
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
