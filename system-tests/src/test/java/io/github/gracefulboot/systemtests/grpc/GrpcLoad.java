package io.github.gracefulboot.systemtests.grpc;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

import io.grpc.StatusRuntimeException;

/**
 * Calls without a pause until it is stopped, eight at a time.
 */
public final class GrpcLoad implements AutoCloseable {

	private static final int CONCURRENCY = 8;

	private static final Duration WORK = Duration.ofMillis(5);

	private final GrpcClient client;

	private final Map<String, LongAdder> answers = new ConcurrentSkipListMap<>();

	private final Map<String, LongAdder> failures = new ConcurrentSkipListMap<>();

	private final CountDownLatch running = new CountDownLatch(CONCURRENCY);

	private volatile boolean stopped;

	private GrpcLoad(GrpcClient client) {
		this.client = client;
	}

	public static GrpcLoad start(GrpcClient client) {
		GrpcLoad load = new GrpcLoad(client);
		IntStream.range(0, CONCURRENCY).forEach((i) -> {
			Thread thread = new Thread(load::run, "grpc-load-" + i);
			thread.setDaemon(true);
			thread.start();
		});
		return load;
	}

	private void run() {
		while (!this.stopped) {
			try {
				count(this.answers, this.client.work(WORK));
			}
			catch (StatusRuntimeException ex) {
				count(this.failures, String.valueOf(ex.getMessage()));
			}
		}
		this.running.countDown();
	}

	private static void count(Map<String, LongAdder> counts, String what) {
		counts.computeIfAbsent(what, (key) -> new LongAdder()).increment();
	}

	private static long sum(Map<String, LongAdder> counts) {
		return counts.values().stream().mapToLong(LongAdder::sum).sum();
	}

	public long total() {
		return sum(this.answers) + failed();
	}

	public long failed() {
		return sum(this.failures);
	}

	/**
	 * How many calls an instance has answered.
	 */
	public long servedBy(long pid) {
		LongAdder served = this.answers.get(WORK + " by " + pid);
		return (served != null) ? served.sum() : 0;
	}

	/**
	 * How often calls failed, by what they failed with.
	 */
	public Map<String, LongAdder> failures() {
		return this.failures;
	}

	/**
	 * Stops, and returns when the last call is over.
	 */
	@Override
	public void close() {
		this.stopped = true;
		try {
			this.running.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
