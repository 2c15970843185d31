package io.github.gracefulboot.web.websocket;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import io.github.gracefulboot.ActiveTask;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.HandshakeInfo;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketMessage.Type;
import org.springframework.web.reactive.socket.WebSocketSession;

/**
 * A session of WebFlux that counts messages and replies, and whose input can be ended.
 * What a handler does with messages cannot be seen. It has one in hand while it is being
 * called, and possibly if there are more messages than replies and it did not ask for
 * others instead. Whether it really does is seen once its input has ended: a handler that
 * has nothing in hand then ends, too.
 */
final class ReactiveSession implements WebSocketSession {

	private final WebSocketSession delegate;

	private final AtomicLong sent = new AtomicLong();

	private volatile @Nullable Receiver receiver;

	ReactiveSession(WebSocketSession delegate) {
		this.delegate = delegate;
	}

	/**
	 * Returns the message in hand, and ends the input if there may be one.
	 * @param oldest since when it may have been in hand, in {@link System#nanoTime()}, or
	 * {@code null} while nothing shuts down, when the input does not end
	 * @return the message, or {@code null} if there is none
	 */
	@Nullable ActiveTask messageInHand(@Nullable Long oldest) {
		Receiver receiver = this.receiver;
		if (receiver == null) {
			return null;
		}
		long since = receiver.lastCame;
		Thread thread = receiver.thread;
		if (thread == null
				&& (!receiver.mayHaveMessageInHand(this.sent.get()) || (oldest != null && since - oldest < 0))) {
			return null;
		}
		if (oldest != null) {
			receiver.end();
		}
		return new ActiveTask("message", Duration.ofNanos(System.nanoTime() - since), thread);
	}

	boolean isEnded() {
		Receiver receiver = this.receiver;
		return receiver != null && receiver.ended;
	}

	@Override
	public Flux<WebSocketMessage> receive() {
		return new FluxOperator<>(this.delegate.receive()) {

			@Override
			public void subscribe(CoreSubscriber<? super WebSocketMessage> subscriber) {
				Receiver receiver = new Receiver(subscriber);
				ReactiveSession.this.receiver = receiver;
				this.source.subscribe(receiver);
			}

		};
	}

	@Override
	public Mono<Void> send(Publisher<WebSocketMessage> messages) {
		return this.delegate.send(Flux.from(messages).doOnNext((message) -> {
			if (isData(message)) {
				this.sent.incrementAndGet();
			}
		}));
	}

	private static boolean isData(WebSocketMessage message) {
		return message.getType() == Type.TEXT || message.getType() == Type.BINARY;
	}

	@Override
	public String getId() {
		return this.delegate.getId();
	}

	@Override
	public HandshakeInfo getHandshakeInfo() {
		return this.delegate.getHandshakeInfo();
	}

	@Override
	public DataBufferFactory bufferFactory() {
		return this.delegate.bufferFactory();
	}

	@Override
	public Map<String, Object> getAttributes() {
		return this.delegate.getAttributes();
	}

	@Override
	public boolean isOpen() {
		return this.delegate.isOpen();
	}

	@Override
	public Mono<Void> close(CloseStatus status) {
		return this.delegate.close(status);
	}

	@Override
	public Mono<CloseStatus> closeStatus() {
		return this.delegate.closeStatus();
	}

	@Override
	public WebSocketMessage textMessage(String payload) {
		return this.delegate.textMessage(payload);
	}

	@Override
	public WebSocketMessage binaryMessage(Function<DataBufferFactory, DataBuffer> payloadFactory) {
		return this.delegate.binaryMessage(payloadFactory);
	}

	@Override
	public WebSocketMessage pingMessage(Function<DataBufferFactory, DataBuffer> payloadFactory) {
		return this.delegate.pingMessage(payloadFactory);
	}

	@Override
	public WebSocketMessage pongMessage(Function<DataBufferFactory, DataBuffer> payloadFactory) {
		return this.delegate.pongMessage(payloadFactory);
	}

	/**
	 * Passes on messages until the input is ended. Later ones are taken from the
	 * connection, so that the close frame of the client is read.
	 */
	private static final class Receiver implements CoreSubscriber<WebSocketMessage>, Subscription {

		private final CoreSubscriber<? super WebSocketMessage> handler;

		private final ReentrantLock lock = new ReentrantLock();

		private final AtomicLong requested = new AtomicLong();

		private volatile long firstRequest;

		private volatile @Nullable Subscription subscription;

		private volatile long came;

		private volatile long lastCame;

		private volatile @Nullable Thread thread;

		private volatile boolean ended;

		private boolean ending;

		private Receiver(CoreSubscriber<? super WebSocketMessage> handler) {
			this.handler = handler;
		}

		/**
		 * Operators that work on several messages ask for a number of them, and for
		 * others as they are done. Who asks for any number works on messages only while
		 * being called.
		 */
		private boolean mayHaveMessageInHand(long sent) {
			long requested = this.requested.get();
			return requested != Long.MAX_VALUE && this.came > Math.max(sent, requested - this.firstRequest);
		}

		private synchronized void end() {
			if (!this.ending) {
				this.ending = true;
				Schedulers.boundedElastic().schedule(this::endInput);
			}
		}

		private void endInput() {
			this.lock.lock();
			try {
				if (this.ended) {
					return;
				}
				this.ended = true;
			}
			finally {
				this.lock.unlock();
			}
			this.handler.onComplete();
			Subscription subscription = this.subscription;
			if (subscription != null) {
				subscription.request(Long.MAX_VALUE);
			}
		}

		@Override
		public Context currentContext() {
			return this.handler.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.subscription = subscription;
			this.handler.onSubscribe(this);
		}

		@Override
		public void onNext(WebSocketMessage message) {
			this.lock.lock();
			try {
				if (this.ended) {
					return;
				}
				if (isData(message)) {
					this.lastCame = System.nanoTime();
					this.came = this.came + 1;
				}
				this.thread = Thread.currentThread();
				this.handler.onNext(message);
			}
			finally {
				this.thread = null;
				this.lock.unlock();
			}
		}

		@Override
		public void onError(Throwable failure) {
			if (mayEnd()) {
				this.handler.onError(failure);
			}
		}

		@Override
		public void onComplete() {
			if (mayEnd()) {
				this.handler.onComplete();
			}
		}

		private boolean mayEnd() {
			this.lock.lock();
			try {
				boolean first = !this.ended;
				this.ended = true;
				return first;
			}
			finally {
				this.lock.unlock();
			}
		}

		@Override
		public void request(long count) {
			if (this.firstRequest == 0) {
				this.firstRequest = count;
			}
			this.requested.accumulateAndGet(count,
					(before, more) -> (before + more < 0) ? Long.MAX_VALUE : before + more);
			Subscription subscription = this.subscription;
			if (subscription != null) {
				subscription.request(count);
			}
		}

		@Override
		public void cancel() {
			Subscription subscription = this.subscription;
			if (subscription != null) {
				subscription.cancel();
			}
		}

	}

}
