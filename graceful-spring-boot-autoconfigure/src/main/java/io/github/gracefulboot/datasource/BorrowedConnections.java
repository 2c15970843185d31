package io.github.gracefulboot.datasource;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

import io.github.gracefulboot.shutdown.ActiveTask;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Deadline;
import io.github.gracefulboot.shutdown.DrainParticipant;
import io.github.gracefulboot.shutdown.Role;

/**
 * The database connections that work still holds. Pools tell their number only when
 * asked, so that this is the one place that polls.
 */
final class BorrowedConnections implements DrainParticipant {

	private static final long POLL_MILLIS = 10;

	private final Supplier<Map<String, Integer>> borrowed;

	/**
	 * Creates the participant.
	 * @param borrowed tells the number of borrowed connections by pool, without the pools
	 * that have lent out none
	 */
	BorrowedConnections(Supplier<Map<String, Integer>> borrowed) {
		this.borrowed = borrowed;
	}

	@Override
	public String name() {
		return "database connections";
	}

	@Override
	public Role role() {
		return Role.RESOURCE;
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		return this.borrowed.get()
			.entrySet()
			.stream()
			.map((pool) -> new ActiveTask(pool.getValue() + " borrowed from " + pool.getKey(), null, null))
			.toList();
	}

	@Override
	public CompletionStage<?> drain(Deadline deadline) {
		if (this.borrowed.get().isEmpty()) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> done = new CompletableFuture<>();
		DaemonThreads.start("graceful-drain-connections", () -> awaitReturned(deadline, done));
		return done;
	}

	private void awaitReturned(Deadline deadline, CompletableFuture<Void> done) {
		try {
			while (!this.borrowed.get().isEmpty()) {
				if (deadline.hasPassed()) {
					return;
				}
				Thread.sleep(POLL_MILLIS);
			}
			done.complete(null);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException ex) {
			done.completeExceptionally(ex);
		}
	}

}
