package io.github.gracefulboot.web.reactive;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;

/**
 * A response that may become a stream that does not end by itself.
 */
class StreamableHttpResponse extends ServerHttpResponseDecorator {

	private final ServerWebExchange exchange;

	private final ServerHttpRequest request;

	private final ReactiveStreams streams;

	StreamableHttpResponse(ServerWebExchange exchange, ReactiveStreams streams) {
		super(exchange.getResponse());
		this.exchange = exchange;
		this.request = exchange.getRequest();
		this.streams = streams;
	}

	/**
	 * Decorates a response, including support for zero-copy if the response has it.
	 * @param exchange the request and its response
	 * @param streams the open streams
	 * @return the decorated response
	 */
	static StreamableHttpResponse of(ServerWebExchange exchange, ReactiveStreams streams) {
		return (exchange.getResponse() instanceof ZeroCopyHttpOutputMessage) ? new ZeroCopy(exchange, streams)
				: new StreamableHttpResponse(exchange, streams);
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		ReactiveStream stream = streamIfEndless(body);
		return super.writeWith((stream != null) ? stream.limit(body, bufferFactory()) : body);
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		ReactiveStream stream = streamIfEndless(body);
		return super.writeAndFlushWith((stream != null) ? stream.limitGroups(body, bufferFactory()) : body);
	}

	private @Nullable ReactiveStream streamIfEndless(Publisher<?> body) {
		String contentType = getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
		if (contentType == null || !this.streams.endless().isEndless(contentType)
				|| getHeaders().containsHeader(HttpHeaders.CONTENT_ENCODING)) {
			return null;
		}
		return new ReactiveStream(this.streams, contentType, this.request, endpoint(), body);
	}

	/**
	 * Returns what the request asked for, whatever the parts of its path that vary.
	 */
	private String endpoint() {
		Object pattern = this.exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
		return (pattern != null) ? this.request.getMethod().name() + " " + pattern : "";
	}

	/**
	 * A response that supports zero-copy of files.
	 */
	private static final class ZeroCopy extends StreamableHttpResponse implements ZeroCopyHttpOutputMessage {

		private ZeroCopy(ServerWebExchange exchange, ReactiveStreams streams) {
			super(exchange, streams);
		}

		@Override
		public Mono<Void> writeWith(Path file, long position, long count) {
			return ((ZeroCopyHttpOutputMessage) getDelegate()).writeWith(file, position, count);
		}

	}

}
