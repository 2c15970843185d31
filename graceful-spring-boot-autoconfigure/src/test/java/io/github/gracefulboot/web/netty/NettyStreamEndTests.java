package io.github.gracefulboot.web.netty;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.web.AbstractStreamEndTests;
import io.github.gracefulboot.web.app.StreamLoops;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Ends the streams of a real Reactor Netty.
 */
class NettyStreamEndTests extends AbstractStreamEndTests {

	NettyStreamEndTests() {
		super(NettyApplication.class, WebApplicationType.REACTIVE);
	}

	@Override
	protected List<String> paths() {
		return List.of("/flux", "/strings", "/functional", "/raw", "/raw-groups", "/actuator/ticks",
				"/actuator/info/ticks");
	}

	@Override
	protected List<String> finitePaths() {
		return List.of("/finite/take", "/finite/range", "/finite/strings");
	}

	private static Flux<ServerSentEvent<String>> events(Ticks ticks, String path) {
		return Flux.<Integer>create((sink) -> ticks.listen(sink::next))
			.map((number) -> ServerSentEvent.builder(String.valueOf(number)).build())
			.doOnCancel(() -> ticks.ended(path));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ StreamController.class, Application.class })
	static class NettyApplication {

		@Bean
		RouterFunction<ServerResponse> functional(Ticks ticks) {
			return RouterFunctions.route()
				.GET("/functional",
						(request) -> ServerResponse.ok()
							.body(BodyInserters.fromServerSentEvents(events(ticks, "/functional"))))
				.build();
		}

	}

	/**
	 * Streams with WebFlux.
	 */
	@RestController
	static class StreamController {

		private final Ticks ticks;

		StreamController(Ticks ticks) {
			this.ticks = ticks;
		}

		@GetMapping("/fast")
		String fast() {
			return "done";
		}

		@GetMapping("/flux")
		Flux<ServerSentEvent<String>> flux() {
			return events(this.ticks, "/flux");
		}

		@GetMapping({ "/actuator/ticks", "/actuator/info/ticks" })
		Flux<ServerSentEvent<String>> belowActuator(ServerHttpRequest request) {
			return events(this.ticks, request.getURI().getPath());
		}

		@GetMapping(path = "/strings", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> strings() {
			return Flux.interval(Duration.ofMillis(10))
				.onBackpressureDrop()
				.map(String::valueOf)
				.doOnCancel(() -> this.ticks.ended("/strings"));
		}

		@GetMapping(path = "/finite/take", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> take() {
			return StreamLoops.answer();
		}

		@GetMapping("/finite/range")
		Flux<ServerSentEvent<String>> range() {
			return Flux.range(0, 5)
				.publishOn(Schedulers.boundedElastic(), 1)
				.doOnNext(StreamLoops::pauseBefore)
				.map((number) -> ServerSentEvent.builder(word(number)).build());
		}

		@GetMapping(path = "/finite/strings", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> finiteStrings() {
			return Flux.fromIterable(List.of(0, 1, 2, 3, 4))
				.concatMap(
						(number) -> Mono.just(number).delayElement(Duration.ofMillis(10), Schedulers.boundedElastic()))
				.doOnNext(StreamLoops::pauseBefore)
				.map(StreamController::word);
		}

		private static String word(Number number) {
			return (number.intValue() < 4) ? number.toString() : "last";
		}

		@GetMapping("/silent")
		Flux<ServerSentEvent<String>> silent() {
			return Flux.never();
		}

		@GetMapping("/raw")
		Mono<Void> raw(ServerHttpResponse response) {
			return response.writeWith(halves(response, "/raw"));
		}

		@GetMapping("/raw-groups")
		Mono<Void> rawGroups(ServerHttpResponse response) {
			return response.writeAndFlushWith(halves(response, "/raw-groups").map(Flux::just));
		}

		private Flux<DataBuffer> halves(ServerHttpResponse response, String path) {
			response.getHeaders().setContentType(MediaType.TEXT_EVENT_STREAM);
			return Flux.<String>create((sink) -> this.ticks.listen((number) -> {
				sink.next("data: " + number);
				sink.next("\n\n");
			})).doOnCancel(() -> this.ticks.ended(path)).map((text) -> buffer(response, text));
		}

		private static DataBuffer buffer(ServerHttpResponse response, String text) {
			return response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
		}

		@RequestMapping({ "/text", "/texts/{name}" })
		Mono<Void> text(ServerHttpResponse response) {
			Sinks.Many<String> texts = Sinks.many().unicast().onBackpressureBuffer();
			this.ticks.say((text) -> {
				if (text.isEmpty()) {
					texts.tryEmitComplete();
				}
				else {
					texts.tryEmitNext(text);
				}
			});
			response.getHeaders().setContentType(MediaType.TEXT_EVENT_STREAM);
			return response.writeAndFlushWith(texts.asFlux().map((text) -> Mono.just(buffer(response, text))));
		}

		@GetMapping("/flood")
		Flux<ServerSentEvent<String>> flood() {
			return Flux.generate((sink) -> {
				this.ticks.flooded();
				sink.next(ServerSentEvent.builder("x".repeat(100_000)).build());
			});
		}

	}

}
