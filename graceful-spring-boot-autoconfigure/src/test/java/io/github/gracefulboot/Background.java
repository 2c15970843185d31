package io.github.gracefulboot;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
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

	/**
	 * Drains a participant as the engine of the shutdown does. Returns once it waits or
	 * has ended.
	 * @param participant the participant
	 * @param deadline when to interrupt it
	 * @return completes when it has finished, and never if it was cut off
	 */
	public static CompletableFuture<Void> drain(DrainParticipant participant, Deadline deadline) {
		CompletableFuture<Void> drained = new CompletableFuture<>();
		Thread thread = DaemonThreads.start("background-drain", () -> {
			try {
				participant.drain(deadline);
				if (!deadline.hasPassed() || participant.activeTasks().isEmpty()) {
					drained.complete(null);
				}
			}
			catch (InterruptedException | TimeoutException ex) {
				// Cut off
			}
			catch (Exception ex) {
				drained.completeExceptionally(ex);
			}
		});
		while (thread.getState() == Thread.State.RUNNABLE) {
			Thread.onSpinWait();
		}
		run(() -> {
			try {
				thread.join(deadline.remaining().toMillis() + 1);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			thread.interrupt();
		});
		return drained;
	}

	public static <T> CompletableFuture<T> supply(Supplier<T> task) {
		return CompletableFuture.supplyAsync(task, EXECUTOR);
	}

}
