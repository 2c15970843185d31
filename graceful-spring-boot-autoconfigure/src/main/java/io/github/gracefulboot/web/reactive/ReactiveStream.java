package io.github.gracefulboot.web.reactive;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.StreamEnds;
import io.github.gracefulboot.shutdown.StreamEnds.Source;
import io.github.gracefulboot.web.stream.EventBoundary;
import io.github.gracefulboot.web.stream.FinitePublisher;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.function.SingletonSupplier;

/**
 * A stream that a shutdown ends between two events: the publisher of the application is
 * cancelled, the last event is written, and the body is completed.
 */
final class ReactiveStream {

	private static final Log logger = LogFactory.getLog(ReactiveStream.class);

	private final ReactiveStreams streams;

	private final String contentType;

	private final String method;

	private final String path;

	private final String endpoint;

	private final Supplier<Source> source;

	private final EventBoundary boundary;

	private final long beganAt = System.nanoTime();

	private final Sinks.Empty<Void> stop = Sinks.empty();

	/**
	 * The number of groups of buffers that were passed on and have not been written yet.
	 */
	private int groups;

	/**
	 * Whether each group so far consisted of complete events.
	 */
	private boolean groupsAreWhole = true;

	/**
	 * Whether a shutdown may end the stream, which does not end by itself.
	 */
	private boolean mayEnd;

	private boolean over;

	ReactiveStream(ReactiveStreams streams, String contentType, ServerHttpRequest request, String endpoint,
			Publisher<?> body) {
		this.streams = streams;
		this.contentType = contentType;
		this.method = request.getMethod().name();
		this.path = request.getURI().getRawPath();
		this.endpoint = endpoint;
		this.source = SingletonSupplier.of(() -> FinitePublisher.sourceOf(body));
		this.boundary = streams.endless().boundary(contentType);
	}

	/**
	 * Decorates a body so that a shutdown can end it.
	 * @param body the body that the application publishes
	 * @param buffers creates the buffer of the last event
	 * @return the body to write
	 */
	Flux<DataBuffer> limit(Publisher<? extends DataBuffer> body, DataBufferFactory buffers) {
		Flux<DataBuffer> limited = Flux.from(body).handle((buffer, sink) -> {
			if (!begin()) {
				DataBufferUtils.release(buffer);
				sink.complete();
				return;
			}
			follow(buffer);
			sink.next(buffer);
			if (finish()) {
				sink.complete();
			}
		});
		return observed(limited).concatWith(Mono.defer(() -> farewell(buffers)));
	}

	/**
	 * Decorates a body of groups, each of which is flushed, so that a shutdown can end
	 * it.
	 * @param body the body that the application publishes
	 * @param buffers creates the buffer of the last event
	 * @return the body to write
	 */
	Flux<Publisher<DataBuffer>> limitGroups(Publisher<? extends Publisher<? extends DataBuffer>> body,
			DataBufferFactory buffers) {
		Flux<Publisher<DataBuffer>> limited = Flux.from(body).handle((group, sink) -> {
			if (!begin()) {
				Flux.from(group).subscribe(DataBufferUtils::release, (ex) -> logger.trace("Discarded", ex));
				sink.complete();
				return;
			}
			sink.next(Flux.<DataBuffer>from(group).doOnNext(this::follow).doOnComplete(() -> {
				if (finish()) {
					this.stop.tryEmitEmpty();
				}
			}));
		});
		return observed(limited).concatWith(Mono.defer(() -> farewell(buffers)).map(Mono::just));
	}

	private <T> Flux<T> observed(Flux<T> body) {
		return body.takeUntilOther(this.stop.asMono())
			.doOnSubscribe((subscription) -> this.streams.add(this))
			.doFinally(this::ended);
	}

	private synchronized void ended(SignalType signal) {
		this.streams.remove(this);
		if (!this.over && signal != SignalType.ON_ERROR) {
			this.streams.endless().ends().streamEnded(this.endpoint, age(), signal == SignalType.ON_COMPLETE);
		}
	}

	private Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.beganAt);
	}

	/**
	 * Tells whether the stream ends by itself, as far as is known.
	 * @param drain when the drain has to be over
	 * @return whether to wait for it
	 */
	boolean endsByItself(Deadline drain) {
		return this.streams.endless()
			.ends()
			.expect(this.endpoint, this.source.get(), age(), drain) == StreamEnds.Expectation.ENDS;
	}

	private synchronized boolean begin() {
		if (this.mayEnd && ((this.groups > 0) ? this.groupsAreWhole : this.boundary.isReached())) {
			this.over = true;
		}
		if (!this.over) {
			this.groups++;
		}
		return !this.over;
	}

	private synchronized void follow(DataBuffer buffer) {
		for (int i = buffer.readPosition(); i < buffer.writePosition(); i++) {
			this.boundary.accept(buffer.getByte(i));
		}
	}

	private synchronized boolean finish() {
		this.groups--;
		this.groupsAreWhole &= this.boundary.isReached();
		return isOverIfWhole();
	}

	private boolean isOverIfWhole() {
		if (this.mayEnd && this.groups == 0 && this.boundary.isReached()) {
			this.over = true;
		}
		return this.over;
	}

	/**
	 * Ends the stream, after the current event if there is one, unless it ends by itself.
	 * @param drain when the drain has to be over
	 */
	void endUnlessByItself(Deadline drain) {
		if (endsByItself(drain)) {
			return;
		}
		this.streams.endless().ends().shutdownEnds(this.endpoint);
		boolean now;
		synchronized (this) {
			this.mayEnd = true;
			now = isOverIfWhole();
		}
		if (now) {
			this.stop.tryEmitEmpty();
		}
	}

	/**
	 * Returns the last event, or nothing if there is none or if the application has ended
	 * the stream.
	 */
	private Mono<DataBuffer> farewell(DataBufferFactory buffers) {
		synchronized (this) {
			if (!this.over) {
				return Mono.empty();
			}
		}
		String farewell = this.streams.endless().farewell(this.contentType, this.method, this.path);
		return farewell.isEmpty() ? Mono.empty() : Mono.just(buffers.wrap(farewell.getBytes(StandardCharsets.UTF_8)));
	}

}
