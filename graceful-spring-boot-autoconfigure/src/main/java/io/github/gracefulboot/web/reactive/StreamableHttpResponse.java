package io.github.gracefulboot.web.reactive;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;

/**
 * A response that may become a stream that does not end by itself.
 */
class StreamableHttpResponse extends ServerHttpResponseDecorator {

	private final ServerHttpRequest request;

	private final ReactiveStreams streams;

	StreamableHttpResponse(ServerHttpRequest request, ServerHttpResponse response, ReactiveStreams streams) {
		super(response);
		this.request = request;
		this.streams = streams;
	}

	/**
	 * Decorates a response, including support for zero-copy if the response has it.
	 * @param request the request
	 * @param response the response
	 * @param streams the open streams
	 * @return the decorated response
	 */
	static StreamableHttpResponse of(ServerHttpRequest request, ServerHttpResponse response, ReactiveStreams streams) {
		return (response instanceof ZeroCopyHttpOutputMessage) ? new ZeroCopy(request, response, streams)
				: new StreamableHttpResponse(request, response, streams);
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		ReactiveStream stream = streamIfEndless();
		return super.writeWith((stream != null) ? stream.limit(body, bufferFactory()) : body);
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		ReactiveStream stream = streamIfEndless();
		return super.writeAndFlushWith((stream != null) ? stream.limitGroups(body, bufferFactory()) : body);
	}

	private @Nullable ReactiveStream streamIfEndless() {
		String contentType = getHeaders().getFirst(HttpHeaders.CONTENT_TYPE);
		if (contentType == null || !this.streams.endless().isEndless(contentType)
				|| getHeaders().containsHeader(HttpHeaders.CONTENT_ENCODING)) {
			return null;
		}
		return new ReactiveStream(this.streams, contentType, this.request.getMethod().name(),
				this.request.getURI().getRawPath());
	}

	/**
	 * A response that supports zero-copy of files.
	 */
	private static final class ZeroCopy extends StreamableHttpResponse implements ZeroCopyHttpOutputMessage {

		private ZeroCopy(ServerHttpRequest request, ServerHttpResponse response, ReactiveStreams streams) {
			super(request, response, streams);
		}

		@Override
		public Mono<Void> writeWith(Path file, long position, long count) {
			return ((ZeroCopyHttpOutputMessage) getDelegate()).writeWith(file, position, count);
		}

	}

}
