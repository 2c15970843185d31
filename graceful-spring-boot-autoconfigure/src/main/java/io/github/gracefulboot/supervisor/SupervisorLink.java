package io.github.gracefulboot.supervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Speaks to one supervisor on a thread of its own, so that its failures stay its own.
 */
final class SupervisorLink {

	private static final Log logger = LogFactory.getLog(SupervisorLink.class);

	/**
	 * As many messages wait for a supervisor that does not take them. Later ones are
	 * dropped.
	 */
	private static final int LONGEST_QUEUE = 64;

	private final String name;

	private final Supervisor supervisor;

	private final ExecutorService executor;

	private volatile boolean available = true;

	private final AtomicBoolean failed = new AtomicBoolean();

	private volatile boolean closed;

	private volatile boolean abandoned;

	private volatile boolean kept;

	SupervisorLink(Named<Supervisor> bean) {
		this.name = bean.nameOr(bean.instance().name());
		this.supervisor = bean.instance();
		this.executor = DaemonThreads.executor(threadName(), LONGEST_QUEUE);
	}

	private String threadName() {
		return "graceful-" + this.name;
	}

	String name() {
		return this.name;
	}

	/**
	 * Opens the way to the supervisor, and then listens for what it says.
	 * @param stopRequests called with the reason when it asks for the stop
	 */
	void open(Consumer<String> stopRequests) {
		execute(() -> {
			try {
				this.supervisor.open();
				logger.debug(LogMessage.format("%s supervises this process", this.name));
				DaemonThreads.start(threadName() + "-listen", () -> listen(stopRequests));
			}
			catch (IOException | RuntimeException | Error ex) {
				this.available = false;
				logger.warn(
						LogMessage.format("%s cannot be notified of startup and shutdown: %s", this.name, reason(ex)));
			}
		});
	}

	private void listen(Consumer<String> stopRequests) {
		try {
			this.supervisor.listen((reason) -> {
				if (!this.closed) {
					stopRequests.accept(reason);
				}
			});
		}
		catch (IOException | RuntimeException | Error ex) {
			warn("cannot be listened to", reason(ex));
		}
	}

	/**
	 * Tells the supervisor something, after all that it was told before.
	 * @param message what to tell
	 */
	void tell(Message message) {
		execute(() -> {
			if (this.available) {
				try {
					message.tell(this.supervisor);
				}
				catch (IOException | RuntimeException | Error ex) {
					warn("could not be notified", reason(ex));
				}
			}
		});
	}

	private void execute(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			if (!this.executor.isShutdown()) {
				warn("accepts no messages", LONGEST_QUEUE + " are waiting");
			}
		}
	}

	private void warn(String what, String reason) {
		if (!this.abandoned && this.failed.compareAndSet(false, true)) {
			logger.warn(LogMessage.format("%s %s, continuing without it: %s", this.name, what, reason));
		}
	}

	private static String reason(Throwable failure) {
		return (failure instanceof IOException && failure.getMessage() != null) ? failure.getMessage()
				: failure.toString();
	}

	void close() {
		this.closed = true;
		if (!this.kept) {
			release();
		}
	}

	/**
	 * Leaves the way open when the context closes, until it is released. Failures are no
	 * longer worth a line then.
	 */
	void keep() {
		this.kept = true;
		this.abandoned = true;
	}

	void release() {
		tell(Supervisor::disconnect);
		this.executor.shutdown();
	}

	/**
	 * Waits until the supervisor was told everything, and gives up what it was not.
	 * Nothing to wait for on a way that is kept.
	 * @param atMost how long to wait at the most
	 * @throws InterruptedException if the waiting thread is interrupted
	 */
	void awaitTold(Duration atMost) throws InterruptedException {
		if (this.kept) {
			return;
		}
		try {
			this.executor.awaitTermination(atMost.toNanos(), TimeUnit.NANOSECONDS);
		}
		finally {
			this.abandoned = true;
			this.executor.shutdownNow();
		}
	}

	/**
	 * Something to tell a supervisor.
	 */
	@FunctionalInterface
	interface Message {

		void tell(Supervisor supervisor) throws IOException;

	}

}
