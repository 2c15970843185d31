package io.github.gracefulboot.web.websocket;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.github.gracefulboot.ActiveTask;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.core.Ordered;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.server.ServerWebExchange;

/**
 * Follows the messages of WebFlux' handlers, and ends them: a handler with a message in
 * hand sees the end of its input, finishes what it has begun, and then its session is
 * closed.
 */
final class ReactiveMessages implements MessagesInHand, HandlerAdapter, Ordered, AopInfrastructureBean {

	private static final boolean NETTY_PRESENT = ClassUtils.isPresent("reactor.netty.Connection",
			ReactiveMessages.class.getClassLoader());

	/**
	 * A message that has been waiting for a reply for so long when sessions are closed is
	 * not taken for one in hand: more likely it was a subscription.
	 */
	private static final Duration LONGEST = Duration.ofSeconds(30);

	private static final CloseStatus GOING_AWAY = new CloseStatus(OpenWebSocket.GOING_AWAY, OpenWebSocket.REASON);

	private final Supplier<List<HandlerAdapter>> adapters;

	private final Map<Object, ReactiveSession> sessions = new ConcurrentHashMap<>();

	private volatile @Nullable Long oldest;

	/**
	 * Creates the adapter.
	 * @param adapters all adapters of the application, this one included
	 */
	ReactiveMessages(Supplier<List<HandlerAdapter>> adapters) {
		this.adapters = adapters;
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public boolean supports(Object handler) {
		return handler instanceof WebSocketHandler && adapter(handler) != null;
	}

	private @Nullable HandlerAdapter adapter(Object handler) {
		for (HandlerAdapter adapter : this.adapters.get()) {
			if (adapter != this && adapter.supports(handler)) {
				return adapter;
			}
		}
		return null;
	}

	@Override
	public Mono<HandlerResult> handle(ServerWebExchange exchange, Object handler) {
		HandlerAdapter adapter = adapter(handler);
		if (adapter == null) {
			return Mono.error(new IllegalStateException("No adapter for " + handler));
		}
		Object nativeRequest = ServerHttpRequestDecorator.getNativeRequest(exchange.getRequest());
		return adapter.handle(exchange, new ObservedHandler((WebSocketHandler) handler,
				NETTY_PRESENT ? NettyConnections.channel(nativeRequest) : null));
	}

	@Override
	public @Nullable ActiveTask of(OpenWebSocket session) {
		ReactiveSession reactive = this.sessions.get(session.reactiveId());
		return (reactive != null) ? reactive.messageInHand(this.oldest) : null;
	}

	@Override
	public void end() {
		this.oldest = System.nanoTime() - LONGEST.toNanos();
	}

	/**
	 * A handler of the application.
	 */
	private final class ObservedHandler implements WebSocketHandler {

		private final WebSocketHandler handler;

		private final @Nullable Object channel;

		private ObservedHandler(WebSocketHandler handler, @Nullable Object channel) {
			this.handler = handler;
			this.channel = channel;
		}

		@Override
		public List<String> getSubProtocols() {
			return this.handler.getSubProtocols();
		}

		@Override
		public Mono<Void> handle(WebSocketSession session) {
			Object id = (this.channel != null) ? this.channel : session.getId();
			ReactiveSession observed = new ReactiveSession(session);
			ReactiveMessages.this.sessions.put(id, observed);
			return this.handler.handle(observed)
				.then(Mono.defer(() -> observed.isEnded() ? session.close(GOING_AWAY) : Mono.empty()))
				.doFinally((signal) -> ReactiveMessages.this.sessions.remove(id, observed));
		}

	}

	/**
	 * The connections of Reactor Netty. Loaded only if it is present.
	 */
	private static final class NettyConnections {

		static @Nullable Object channel(Object request) {
			return (request instanceof reactor.netty.Connection connection) ? connection.channel() : null;
		}

	}

}
