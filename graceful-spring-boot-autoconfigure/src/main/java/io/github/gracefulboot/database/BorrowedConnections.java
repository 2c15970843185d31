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
 * The database connections that work still holds: how many each pool has lent out, the
 * open transactions and, once the stop waits for them, who runs a statement.
 * ConnectionPools tell their number only when asked, so that this polls.
 */
final class BorrowedConnections implements DrainParticipant {

	private final String name;

	private final Supplier<Map<String, Integer>> borrowed;

	private final @Nullable OpenTransactions transactions;

	private volatile boolean draining;

	/**
	 * Creates the participant.
	 * @param name what people call it
	 * @param borrowed tells the number of borrowed connections by pool, without the pools
	 * that have lent out none
	 * @param transactions the transactions that are open, or {@code null} if they are not
	 * known
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
