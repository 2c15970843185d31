package io.github.gracefulboot.background;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.regex.Pattern;

/**
 * Where a thread is at work.
 */
enum Place {

	/**
	 * In the JVM's common pool.
	 */
	COMMON_POOL(true),

	/**
	 * In one of Reactor's shared schedulers.
	 */
	REACTOR(true),

	/**
	 * On a thread that {@code CompletableFuture} has started for a single task, as it
	 * does on machines with one or two cores up to Java 24.
	 */
	TASK(true),

	/**
	 * On the thread that has started the application.
	 */
	MAIN(true),

	/**
	 * On another thread that runs code of the application.
	 */
	OTHER(false),

	/**
	 * Nowhere that matters here.
	 */
	NONE(false);

	private static final Pattern SHARED_SCHEDULER = Pattern.compile("(boundedElastic|parallel|single)-\\d+");

	/**
	 * Waits itself for its thread when it is closed, as the last export does.
	 */
	private static final String PUBLISHES_METERS = "io.micrometer.core.instrument.push.PushMeterRegistry";

	private final boolean awaited;

	Place(boolean awaited) {
		this.awaited = awaited;
	}

	/**
	 * Returns whether a shutdown waits for work there.
	 * @return whether it does
	 */
	boolean isAwaited() {
		return this.awaited;
	}

	static Place of(Thread thread, Stack stack, Thread main) {
		if (stack.isEmpty() || stack.waitsForShutdown()) {
			return NONE;
		}
		if (thread instanceof ForkJoinWorkerThread worker && worker.getPool() == ForkJoinPool.commonPool()) {
			return stack.contains("java.util.concurrent.ForkJoinTask", "") ? COMMON_POOL : NONE;
		}
		if (stack.contains("reactor.core.scheduler.", "") && SHARED_SCHEDULER.matcher(thread.getName()).matches()) {
			boolean repeats = stack.contains("reactor.core.scheduler.", "Periodic")
					|| stack.contains("reactor.core.publisher.FluxInterval", "");
			if (!repeats) {
				return REACTOR;
			}
			return stack.runsApplication() ? OTHER : NONE;
		}
		if (stack.isTaskWithThread()) {
			return TASK;
		}
		if (!stack.runsApplication() || stack.contains(PUBLISHES_METERS, "")) {
			return NONE;
		}
		return (thread == main) ? MAIN : OTHER;
	}

}
