package io.github.gracefulboot.web.websocket;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.traffic.Printable;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.handler.invocation.AsyncHandlerMethodReturnValueHandler;
import org.springframework.messaging.handler.invocation.HandlerMethodReturnValueHandler;
import org.springframework.messaging.simp.SimpAttributes;
import org.springframework.messaging.simp.SimpAttributesContextHolder;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.messaging.support.ExecutorChannelInterceptor;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketTransportRegistration;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/**
 * Counts the messages of STOMP sessions that are in Spring's channels, which hand them
 * over to threads of their own: those that came, until every handler has returned and the
 * futures that it returned are done, and the replies, until they are sent.
 */
final class StompMessages implements MessagesInHand, WebSocketMessageBrokerConfigurer, ExecutorChannelInterceptor,
		SmartInitializingSingleton, Ordered, AopInfrastructureBean {

	private final Map<String, StompSession> sessions = new ConcurrentHashMap<>();

	private final Map<Object, StompSession> byNativeSession = new ConcurrentHashMap<>();

	private final SingletonLookup beans;

	/**
	 * Creates the record.
	 * @param beans finds the beans of Spring's message broker, which need this one
	 */
	StompMessages(SingletonLookup beans) {
		this.beans = beans;
	}

	/**
	 * Before other interceptors, so that none keeps a message from this one.
	 */
	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public void configureWebSocketTransport(WebSocketTransportRegistration registration) {
		registration.addDecoratorFactory((handler) -> new WebSocketHandlerDecorator(handler) {

			@Override
			public void afterConnectionEstablished(WebSocketSession session) throws Exception {
				opened(session);
				super.afterConnectionEstablished(session);
			}

			@Override
			public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
				try {
					super.afterConnectionClosed(session, status);
				}
				finally {
					closed(session);
				}
			}

		});
	}

	private void opened(WebSocketSession session) {
		if (WebSocketSessionDecorator.unwrap(session) instanceof NativeWebSocketSession holder) {
			StompSession stomp = new StompSession();
			this.sessions.put(session.getId(), stomp);
			this.byNativeSession.put(holder.getNativeSession(), stomp);
		}
	}

	private void closed(WebSocketSession session) {
		StompSession stomp = this.sessions.remove(session.getId());
		if (stomp != null) {
			this.byNativeSession.values().remove(stomp);
		}
	}

	@Override
	public void configureClientInboundChannel(ChannelRegistration registration) {
		registration.interceptors(this);
	}

	@Override
	public void configureClientOutboundChannel(ChannelRegistration registration) {
		registration.interceptors(this);
	}

	/**
	 * The channel between the two is usually called on the thread of the handler.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		if (this.beans.find("brokerChannel") instanceof ExecutorSubscribableChannel channel
				&& channel.getExecutor() != null) {
			channel.addInterceptor(this);
		}
		if (this.beans
			.find("simpAnnotationMethodMessageHandler") instanceof SimpAnnotationMethodMessageHandler handler) {
			List<HandlerMethodReturnValueHandler> counting = handler.getReturnValueHandlers()
				.stream()
				.map(this::counting)
				.toList();
			// Otherwise, they would be added to those that are there
			handler.setReturnValueHandlers(null);
			handler.setReturnValueHandlers(counting);
		}
	}

	private HandlerMethodReturnValueHandler counting(HandlerMethodReturnValueHandler handler) {
		return (handler instanceof AsyncHandlerMethodReturnValueHandler async) ? new CountingReturnValueHandler(async)
				: handler;
	}

	@Override
	public Message<?> preSend(Message<?> message, MessageChannel channel) {
		StompSession session = session(message);
		if (session != null) {
			session.begin(handlers(channel));
		}
		return message;
	}

	/**
	 * Returns how many handlers receive the message, each on a thread of its own.
	 */
	private static int handlers(MessageChannel channel) {
		return (channel instanceof AbstractSubscribableChannel subscribable) ? subscribable.getSubscribers().size() : 0;
	}

	@Override
	public void afterSendCompletion(Message<?> message, MessageChannel channel, boolean sent, @Nullable Exception ex) {
		StompSession session = sent ? null : session(message);
		if (session != null) {
			session.end(handlers(channel));
		}
	}

	@Override
	public Message<?> beforeHandle(Message<?> message, MessageChannel channel, MessageHandler handler) {
		StompSession session = session(message);
		if (session != null) {
			session.handled.put(Thread.currentThread(),
					new Handled(SimpMessageHeaderAccessor.getDestination(message.getHeaders()), System.nanoTime(),
							Thread.currentThread()));
		}
		return message;
	}

	@Override
	public void afterMessageHandled(Message<?> message, MessageChannel channel, MessageHandler handler,
			@Nullable Exception ex) {
		StompSession session = session(message);
		if (session != null) {
			session.handled.remove(Thread.currentThread());
			session.end(1);
		}
	}

	private @Nullable StompSession session(Message<?> message) {
		String id = SimpMessageHeaderAccessor.getSessionId(message.getHeaders());
		return (id != null) ? this.sessions.get(id) : null;
	}

	@Override
	public @Nullable ActiveTask of(OpenWebSocket session) {
		StompSession stomp = this.byNativeSession.get(session.id());
		return (stomp != null && stomp.inHand.get() > 0) ? stomp.toTask() : null;
	}

	/**
	 * Finds existing beans.
	 */
	@FunctionalInterface
	interface SingletonLookup {

		/**
		 * Returns a bean.
		 * @param name its name
		 * @return the bean, or {@code null} if there is none
		 */
		@Nullable Object find(String name);

	}

	/**
	 * The messages of a session.
	 */
	private static final class StompSession {

		private final AtomicInteger inHand = new AtomicInteger();

		/**
		 * By the thread that handles it, or the future that its handler returned.
		 */
		private final Map<Object, Handled> handled = new ConcurrentHashMap<>();

		private volatile long since;

		private void begin(int count) {
			if (this.inHand.getAndAdd(count) == 0) {
				this.since = System.nanoTime();
			}
		}

		private void end(int count) {
			this.inHand.updateAndGet((before) -> Math.max(0, before - count));
		}

		/**
		 * Tells of the message that has been handled the longest. If all are between two
		 * threads, nothing is known but since when some are.
		 */
		private ActiveTask toTask() {
			long now = System.nanoTime();
			return this.handled.values()
				.stream()
				.min(Comparator.comparingLong((handled) -> handled.since() - now))
				.orElseGet(() -> new Handled(null, this.since, null))
				.toTask(now);
		}

	}

	/**
	 * A message that a handler has received.
	 *
	 * @param destination where it was sent to, {@code null} if nowhere, as the reply to a
	 * {@code CONNECT}
	 * @param since the {@link System#nanoTime()} when the handler received it
	 * @param thread the thread that handles it, {@code null} if that is left to a future
	 */
	private record Handled(@Nullable String destination, long since, @Nullable Thread thread) {

		private Handled withoutThread() {
			return new Handled(this.destination, this.since, null);
		}

		private ActiveTask toTask(long now) {
			return new ActiveTask(
					"STOMP message" + ((this.destination != null) ? " to " + Printable.text(this.destination) : ""),
					Duration.ofNanos(now - this.since), this.thread);
		}

	}

	/**
	 * Counts a message until the future is done that its handler returned, and the reply
	 * was passed on.
	 */
	private final class CountingReturnValueHandler implements AsyncHandlerMethodReturnValueHandler {

		private final AsyncHandlerMethodReturnValueHandler delegate;

		private CountingReturnValueHandler(AsyncHandlerMethodReturnValueHandler delegate) {
			this.delegate = delegate;
		}

		@Override
		public boolean supportsReturnType(MethodParameter returnType) {
			return this.delegate.supportsReturnType(returnType);
		}

		@Override
		public void handleReturnValue(@Nullable Object returnValue, MethodParameter returnType, Message<?> message)
				throws Exception {
			this.delegate.handleReturnValue(returnValue, returnType, message);
		}

		@Override
		public boolean isAsyncReturnValue(Object returnValue, MethodParameter returnType) {
			return this.delegate.isAsyncReturnValue(returnValue, returnType);
		}

		@Override
		public @Nullable CompletableFuture<?> toCompletableFuture(Object returnValue, MethodParameter returnType) {
			CompletableFuture<?> future = this.delegate.toCompletableFuture(returnValue, returnType);
			SimpAttributes attributes = SimpAttributesContextHolder.getAttributes();
			StompSession session = (attributes != null) ? StompMessages.this.sessions.get(attributes.getSessionId())
					: null;
			return (future != null && session != null) ? counted(future, session) : future;
		}

		private static <T> CompletableFuture<T> counted(CompletableFuture<T> future, StompSession session) {
			session.begin(1);
			Handled handled = session.handled.get(Thread.currentThread());
			if (handled != null) {
				session.handled.put(future, handled.withoutThread());
			}
			CompletableFuture<T> result = new CompletableFuture<>();
			future.whenComplete((value, ex) -> {
				try {
					// Calls whoever sends the reply
					if (ex != null) {
						result.completeExceptionally(ex);
					}
					else {
						result.complete(value);
					}
				}
				finally {
					session.handled.remove(future);
					session.end(1);
				}
			});
			return result;
		}

	}

}
