package io.github.gracefulboot.grpc;

import java.time.Duration;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.traffic.Printable;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * A call in flight. It can be ended while the application still writes to it: further
 * messages are discarded, and the application is notified as if the client had cancelled
 * the call.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of the responses
 */
final class GrpcCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

	private static final String HEALTH = "grpc.health.v1.Health";

	private final GrpcCalls calls;

	private final long startedAt = System.nanoTime();

	private volatile long lastMessage = this.startedAt;

	private volatile @Nullable Thread thread;

	private volatile @Nullable Thread writer;

	private volatile boolean ended;

	private boolean closed;

	private boolean completed;

	GrpcCall(ServerCall<Q, R> call, GrpcCalls calls) {
		super(call);
		this.calls = calls;
	}

	/**
	 * Returns whether this is a health check, which is not counted as work.
	 * @return whether it calls the health service
	 */
	boolean isHealth() {
		return HEALTH.equals(getMethodDescriptor().getServiceName());
	}

	boolean isStream() {
		return getMethodDescriptor().getType() != MethodDescriptor.MethodType.UNARY;
	}

	/**
	 * Returns the method of its service, such as {@code gRPC shop.Orders/Place}.
	 * @return the description
	 */
	String method() {
		return "gRPC " + Printable.text(getMethodDescriptor().getFullMethodName());
	}

	/**
	 * Returns whether a shutdown has ended the call.
	 * @return whether it has
	 */
	boolean hasBeenEnded() {
		return this.ended;
	}

	/**
	 * Returns whether the application has completed the call, rather than its client, an
	 * error or a shutdown.
	 * @return whether it has
	 */
	synchronized boolean isCompleted() {
		return this.completed;
	}

	/**
	 * Returns whether the application has ended the call with an error, though its client
	 * was there, which tells nothing of those that end well.
	 * @return whether it has
	 */
	synchronized boolean hasFailed() {
		return this.closed && !this.completed && !super.isCancelled();
	}

	/**
	 * Returns who works for the call, or has written to it last.
	 * @return the thread, or {@code null} if it is not known
	 */
	@Nullable Thread writer() {
		Thread writer = this.writer;
		return (writer != null) ? writer : this.thread;
	}

	Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.startedAt);
	}

	Duration silence() {
		return Duration.ofNanos(System.nanoTime() - this.lastMessage);
	}

	ActiveTask toTask() {
		return new ActiveTask(method(), age(), this.thread);
	}

	/**
	 * Ends the call on behalf of the server. Has no effect if the application has closed
	 * the call.
	 * @param status the status that is sent to the client
	 */
	synchronized void end(Status status) {
		if (!this.closed) {
			this.ended = true;
			close(status, new Metadata());
		}
	}

	@Override
	public synchronized void sendHeaders(Metadata headers) {
		if (!isOver()) {
			super.sendHeaders(headers);
		}
	}

	@Override
	public synchronized void sendMessage(R message) {
		if (!isOver()) {
			this.lastMessage = System.nanoTime();
			this.writer = Thread.currentThread();
			super.sendMessage(message);
		}
	}

	@Override
	public synchronized void close(Status status, Metadata trailers) {
		if (!isOver()) {
			this.closed = true;
			this.completed = status.isOk();
			super.close(status, trailers);
		}
	}

	/**
	 * Returns whether the call was ended on behalf of the server. If the application
	 * closes a call twice, the server has to report it.
	 */
	private boolean isOver() {
		return this.ended && this.closed;
	}

	@Override
	public boolean isCancelled() {
		return this.ended || super.isCancelled();
	}

	/**
	 * Tracks the call by the events of its listener.
	 * @param listener the listener of the application
	 * @return the listener to use instead
	 */
	ServerCall.Listener<Q> observe(ServerCall.Listener<Q> listener) {
		return new SimpleForwardingServerCallListener<>(listener) {

			@Override
			public void onMessage(Q message) {
				GrpcCall.this.lastMessage = System.nanoTime();
				onThread(() -> super.onMessage(message));
			}

			@Override
			public void onHalfClose() {
				onThread(super::onHalfClose);
			}

			@Override
			public void onCancel() {
				over();
				super.onCancel();
			}

			@Override
			public void onComplete() {
				over();
				if (GrpcCall.this.ended) {
					super.onCancel();
				}
				else {
					super.onComplete();
				}
			}

		};
	}

	private void onThread(Runnable work) {
		this.thread = Thread.currentThread();
		try {
			work.run();
		}
		finally {
			this.thread = null;
		}
	}

	void over() {
		this.calls.over(this);
	}

}
