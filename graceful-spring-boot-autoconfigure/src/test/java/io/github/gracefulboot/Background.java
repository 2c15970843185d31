package io.github.gracefulboot;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import io.github.gracefulboot.shutdown.DaemonThreads;

/**
 * Runs what a test does beside itself, each on a thread of its own: the common pool has a
 * single one on a small machine, where one that waits would hold up the next.
 */
public final class Background {

	private static final Executor EXECUTOR = (task) -> DaemonThreads.start("background", task);

	private Background() {
	}

	public static CompletableFuture<Void> run(Runnable task) {
		return CompletableFuture.runAsync(task, EXECUTOR);
	}

	public static <T> CompletableFuture<T> supply(Supplier<T> task) {
		return CompletableFuture.supplyAsync(task, EXECUTOR);
	}

}
