package io.github.gracefulboot.grpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.LongAdder;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

/**
 * A service of strings, which needs no generated code.
 */
class TestService implements BindableService {

	static final MethodDescriptor<String, String> FAST = method("Fast", MethodType.UNARY);

	static final MethodDescriptor<String, String> BLOCK = method("Block", MethodType.UNARY);

	static final MethodDescriptor<String, String> FEED = method("Feed", MethodType.SERVER_STREAMING);

	private final LongAdder answered = new LongAdder();

	private final CountDownLatch entered = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	private final CompletableFuture<StreamObserver<String>> feed = new CompletableFuture<>();

	private final BlockingQueue<StreamObserver<String>> feeds = new LinkedBlockingQueue<>();

	private final CountDownLatch feedCancelled = new CountDownLatch(1);

	@Override
	public ServerServiceDefinition bindService() {
		return ServerServiceDefinition.builder("test.Service")
			.addMethod(FAST, ServerCalls.asyncUnaryCall(this::answer))
			.addMethod(BLOCK, ServerCalls.asyncUnaryCall(this::block))
			.addMethod(FEED, ServerCalls.asyncServerStreamingCall(this::feed))
			.build();
	}

	private void answer(String request, StreamObserver<String> response) {
		this.answered.increment();
		response.onNext(request);
		response.onCompleted();
	}

	private void block(String request, StreamObserver<String> response) {
		this.entered.countDown();
		try {
			this.release.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		answer(request, response);
	}

	private void feed(String request, StreamObserver<String> response) {
		((ServerCallStreamObserver<String>) response).setOnCancelHandler(this.feedCancelled::countDown);
		response.onNext(request);
		this.feed.complete(response);
		this.feeds.add(response);
	}

	long answered() {
		return this.answered.sum();
	}

	CountDownLatch entered() {
		return this.entered;
	}

	void release() {
		this.release.countDown();
	}

	/**
	 * The feed, once a client has subscribed to it.
	 */
	CompletableFuture<StreamObserver<String>> feed() {
		return this.feed;
	}

	/**
	 * The feeds, in the order in which clients subscribe to them.
	 */
	BlockingQueue<StreamObserver<String>> feeds() {
		return this.feeds;
	}

	CountDownLatch feedCancelled() {
		return this.feedCancelled;
	}

	private static MethodDescriptor<String, String> method(String name, MethodType type) {
		return MethodDescriptor.<String, String>newBuilder()
			.setFullMethodName("test.Service/" + name)
			.setType(type)
			.setRequestMarshaller(new StringMarshaller())
			.setResponseMarshaller(new StringMarshaller())
			.build();
	}

	private static final class StringMarshaller implements MethodDescriptor.Marshaller<String> {

		@Override
		public InputStream stream(String value) {
			return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public String parse(InputStream stream) {
			try (stream) {
				return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
