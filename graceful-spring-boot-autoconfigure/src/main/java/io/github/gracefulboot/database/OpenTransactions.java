package io.github.gracefulboot.database;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.github.gracefulboot.ActiveTask;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.util.StringUtils;

/**
 * Tracks open transactions, which hold connections, by listening to the transaction
 * managers. As nothing is wrapped, the cost is a map entry per transaction.
 */
final class OpenTransactions implements TransactionExecutionListener {

	private static final Log logger = LogFactory.getLog(OpenTransactions.class);

	private static final int FEWEST_TO_PURGE = 256;

	private final boolean recordsStacks;

	private final Map<TransactionExecution, Holder> holders = new ConcurrentHashMap<>();

	private volatile int purgeAbove = FEWEST_TO_PURGE;

	/**
	 * Creates the listener.
	 * @param recordsStacks whether to record where each transaction was begun
	 */
	OpenTransactions(boolean recordsStacks) {
		this.recordsStacks = recordsStacks;
	}

	@Override
	public void afterBegin(TransactionExecution transaction, @Nullable Throwable beginFailure) {
		if (beginFailure == null && transaction.isNewTransaction()) {
			this.holders.put(transaction, new Holder(transaction.getTransactionName(), Thread.currentThread(),
					System.nanoTime(), this.recordsStacks ? new Throwable("Begun here") : null));
			if (this.holders.size() > this.purgeAbove) {
				purge();
			}
		}
	}

	@Override
	public void afterCommit(TransactionExecution transaction, @Nullable Throwable commitFailure) {
		this.holders.remove(transaction);
	}

	@Override
	public void afterRollback(TransactionExecution transaction, @Nullable Throwable rollbackFailure) {
		this.holders.remove(transaction);
	}

	/**
	 * Removes transactions of whose end Spring does not notify, such as when a commit is
	 * abandoned before it begins.
	 */
	private void purge() {
		this.holders.keySet().removeIf(TransactionExecution::isCompleted);
		this.purgeAbove = Math.max(FEWEST_TO_PURGE, 2 * this.holders.size());
	}

	/**
	 * Returns the open transactions.
	 * @return a task for each transaction, with the thread that began it
	 */
	List<ActiveTask> tasks() {
		purge();
		return this.holders.values().stream().map(Holder::task).toList();
	}

	/**
	 * Logs where the open transactions were begun, if that was recorded.
	 */
	void logStacks() {
		this.holders.values()
			.stream()
			.filter((holder) -> holder.begun() != null)
			.forEach((holder) -> logger.warn(LogMessage.format("Still open: %s", holder.task()), holder.begun()));
	}

	private record Holder(@Nullable String name, Thread thread, long since, @Nullable Throwable begun) {

		ActiveTask task() {
			String description = StringUtils.hasText(this.name) ? "transaction " + this.name : "transaction";
			Duration age = Duration.ofNanos(System.nanoTime() - this.since);
			return this.thread.isAlive() ? new ActiveTask(description, age, this.thread) : new ActiveTask(
					"%s of terminated thread %s".formatted(description, this.thread.getName()), age, null);
		}

	}

}
