package io.github.gracefulboot.database;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.DrainParticipant.Role;
import org.jspecify.annotations.Nullable;

/**
 * Waits for borrowed database connections. Reports the number of borrowed connections of
 * each pool, the open transactions and, while draining, the threads that run a statement.
 * Connection pools do not notify of returned connections, so that they are polled.
 */
final class BorrowedConnections implements DrainParticipant {

	private final String name;

	private final Supplier<Map<String, Integer>> borrowed;

	private final @Nullable OpenTransactions transactions;

	private volatile boolean draining;

	/**
	 * Creates the participant.
	 * @param name the name of the participant
	 * @param borrowed provides the number of borrowed connections by pool, without idle
	 * pools
	 * @param transactions the open transactions, or {@code null} if they are unknown
	 */
	BorrowedConnections(String name, Supplier<Map<String, Integer>> borrowed, @Nullable OpenTransactions transactions) {
		this.name = name;
		this.borrowed = borrowed;
		this.transactions = transactions;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Role role() {
		return Role.RESOURCE;
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		List<ActiveTask> tasks = new ArrayList<>();
		this.borrowed.get()
			.forEach((pool, count) -> tasks.add(new ActiveTask(count + " borrowed from " + pool, null, null)));
		boolean searches = this.draining && this.transactions != null && !tasks.isEmpty();
		tasks.addAll(openTransactions());
		if (searches) {
			tasks.addAll(RunningStatements.besides(tasks));
		}
		return tasks;
	}

	private List<ActiveTask> openTransactions() {
		return (this.transactions != null) ? this.transactions.tasks() : List.of();
	}

	@Override
	public void drain(Deadline deadline) throws InterruptedException {
		if (isNothingHeld()) {
			return;
		}
		this.draining = true;
		try {
			deadline.await(this::isNothingHeld);
		}
		finally {
			if (this.transactions != null && !isNothingHeld()) {
				this.transactions.logStacks();
			}
		}
	}

	private boolean isNothingHeld() {
		return this.borrowed.get().isEmpty() && openTransactions().isEmpty();
	}

}
