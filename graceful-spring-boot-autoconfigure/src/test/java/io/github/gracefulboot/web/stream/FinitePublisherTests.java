package io.github.gracefulboot.web.stream;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import io.github.gracefulboot.shutdown.StreamEnds.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FinitePublisher}.
 */
class FinitePublisherTests {

	private static final Duration PAUSE = Duration.ofSeconds(1);

	@ParameterizedTest
	@MethodSource
	void whenItEndsByItself(Flux<?> publisher) {
		assertThat(FinitePublisher.sourceOf(publisher.map(Object::toString).doOnCancel(() -> {
		}))).isEqualTo(Source.FINITE);
	}

	static Stream<Flux<?>> whenItEndsByItself() {
		return Stream.of(Flux.interval(PAUSE).take(8), Flux.range(1, 8).delayElements(PAUSE),
				Flux.fromIterable(List.of(1, 2)).concatMap(Mono::just), Flux.just(1, 2), Mono.just(1).flux(),
				Flux.interval(PAUSE).zipWithIterable(List.of(1, 2)),
				Mono.just(1).flatMapMany((number) -> Flux.never()).take(8));
	}

	@ParameterizedTest
	@MethodSource
	void whenItMayGoOn(Flux<?> publisher) {
		assertThat(FinitePublisher.sourceOf(publisher.map(Object::toString))).isEqualTo(Source.UNKNOWN);
	}

	@Test
	void whenItEndsOnACondition() {
		assertThat(FinitePublisher.sourceOf(Flux.interval(PAUSE).takeWhile((number) -> number < 8)))
			.isEqualTo(Source.CONDITIONAL);
		assertThat(FinitePublisher.sourceOf(Flux.interval(PAUSE).takeUntil((number) -> number == 8)))
			.isEqualTo(Source.CONDITIONAL);
	}

	static Stream<Flux<?>> whenItMayGoOn() {
		return Stream.of(Flux.interval(PAUSE), Flux.never(), Flux.create((sink) -> {
		}), Flux.<Integer>generate((sink) -> sink.next(1)), Flux.defer(Flux::never),
				Sinks.many().multicast().onBackpressureBuffer().asFlux(),
				Mono.just(1).flatMapMany((number) -> Flux.never()), Flux.range(1, 8).flatMap((number) -> Flux.never()),
				Flux.just(1, 2).repeat(), Flux.just(1, 2).concatWith(Flux.never()),
				Flux.merge(Flux.just(1), Flux.never()), Flux.interval(PAUSE).take(1).flatMap((number) -> Flux.never()),
				Flux.interval(PAUSE).takeUntilOther(Mono.never()), Flux.just(1).concatMap((number) -> Flux.never()),
				Flux.fromStream(Stream.generate(() -> 1)), Flux.fromIterable(() -> Stream.generate(() -> 1).iterator()),
				Flux.zip(Flux.interval(PAUSE), Flux.interval(PAUSE)));
	}

}
