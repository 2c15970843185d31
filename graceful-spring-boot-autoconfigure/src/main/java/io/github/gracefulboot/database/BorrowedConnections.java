package io.github.gracefulboot.database;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.DrainParticipant.Role;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.core.log.LogMessage;

/**
 * Waits for borrowed database connections. Reports the number of borrowed connections of
 * each pool, the open transactions and, while draining, the threads that run a statement.
 * Connection pools do not notify of returned connections, so that they are polled. One on
 * which nothing runs for a while is held for life, as by a loop that listens for
 * notifications, or leaked: it is not waited for.
 */
final class BorrowedConnections implements DrainParticipant, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(BorrowedConnections.class);

	private static final Duration UNTIL_HELD_FOR_LIFE = Duration.ofMillis(1500);

	private final String name;

	private final Supplier<Map<String, Integer>> borrowed;

	private final @Nullable OpenTransactions transactions;

	private final boolean waits;

	private volatile boolean draining;

	private volatile Map<String, Integer> heldForLife = Map.of();

	/**
	 * Creates the participant.
	 * @param name the name of the participant
	 * @param borrowed provides the number of borrowed connections by pool, without idle
	 * pools
	 * @param excluded the names of pools that are left to Spring
	 * @param transactions the open transactions, or {@code null} if they are unknown
	 * @param waits whether to wait at all
	 */
	BorrowedConnections(String name, Supplier<Map<String, Integer>> borrowed, Set<String> excluded,
			@Nullable OpenTransactions transactions, boolean waits) {
		this.name = name;
		this.borrowed = () -> without(excluded, borrowed.get());
		this.transactions = transactions;
		this.waits = waits;
	}

	private static Map<String, Integer> without(Set<String> excluded, Map<String, Integer> borrowed) {
		Map<String, Integer> rest = new LinkedHashMap<>(borrowed);
		rest.keySet().removeAll(excluded);
		return rest;
	}

	/**
	 * Returns the pools that are left to Spring by configuration.
	 * @param environment the configuration
	 * @return the names of the beans
	 */
	static Set<String> excluded(Environment environment) {
		return Binder.get(environment)
			.bind("graceful.datasource.exclude", Bindable.setOf(String.class))
			.orElse(Set.of());
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
		if (!this.waits) {
			return List.of();
		}
		List<ActiveTask> tasks = new ArrayList<>();
		Map<String, Integer> heldForLife = this.heldForLife;
		this.borrowed.get().forEach((pool, count) -> {
			if (!count.equals(heldForLife.get(pool))) {
				tasks.add(new ActiveTask(describe(pool, count), null, null));
			}
		});
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
		if (!this.waits || isNothingHeld()) {
			return;
		}
		this.draining = true;
		Use use = new Use();
		try {
			deadline.await(use::isOver);
		}
		finally {
			if (this.transactions != null && !openTransactions().isEmpty()) {
				this.transactions.logStacks();
			}
		}
	}

	private static String describe(String pool, int count) {
		return count + " borrowed from " + pool;
	}

	private void giveUp(Map<String, Integer> held) {
		this.heldForLife = held;
		logger.info(LogMessage.format(
				"Not waiting for connections on which nothing runs: %s. If they are held as long as the "
						+ "application runs, set graceful.datasource.exclude=%s",
				held.entrySet()
					.stream()
					.map((pool) -> describe(pool.getKey(), pool.getValue()))
					.collect(Collectors.joining(", ")),
				String.join(",", held.keySet())));
	}

	private boolean isNothingHeld() {
		return this.borrowed.get().isEmpty() && openTransactions().isEmpty();
	}

	/**
	 * How borrowed connections are in use: their number changes, a transaction is open,
	 * or a statement is running.
	 */
	private final class Use {

		private Map<String, Integer> held = Map.of();

		private long since = System.nanoTime();

		/**
		 * Returns whether nothing is held, or only what is held for life.
		 */
		private boolean isOver() {
			Map<String, Integer> held = BorrowedConnections.this.borrowed.get();
			boolean transactions = !openTransactions().isEmpty();
			if (held.isEmpty() && !transactions) {
				return true;
			}
			long now = System.nanoTime();
			if (!held.equals(this.held)) {
				this.held = held;
				this.since = now;
			}
			if (now - this.since < UNTIL_HELD_FOR_LIFE.toNanos()) {
				return false;
			}
			if (transactions || !RunningStatements.besides(List.of()).isEmpty()) {
				this.since = now;
				return false;
			}
			giveUp(held);
			return true;
		}

	}

}
