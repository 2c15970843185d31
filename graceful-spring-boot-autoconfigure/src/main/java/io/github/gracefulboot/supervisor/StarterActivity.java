package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Tells a start that works on one thing for long from one that hangs. It works while its
 * thread runs or waits for an answer over a connection, while it is within a schema
 * migration or a statement of a database, or while the process needs its processor on
 * whatever thread. It does not while its thread sleeps, or waits for a lock or another
 * thread, and nothing else happens.
 */
final class StarterActivity implements BooleanSupplier {

	/**
	 * Liquibase and Flyway wait for the locks of other instances, within limits of their
	 * own. Databases in the memory of this process have statements that wait.
	 */
	private static final Pattern WORK = Pattern.compile("liquibase\\..*|org\\.flywaydb\\..*|.*\\.jdbc\\..*Statement.*");

	/**
	 * The part of a processor that a process needs which does nothing is well below, that
	 * of one which works above.
	 */
	private static final double BUSY = 0.2;

	private final Thread starter;

	private long lookedAt;

	private Duration processorTime = Duration.ZERO;

	/**
	 * Creates the activity.
	 * @param starter the thread that starts the application
	 */
	StarterActivity(Thread starter) {
		this.starter = starter;
		isBusy();
	}

	@Override
	public boolean getAsBoolean() {
		boolean busy = isBusy();
		return busy || this.starter.getState() == Thread.State.RUNNABLE || Arrays.stream(this.starter.getStackTrace())
			.anyMatch((frame) -> WORK.matcher(frame.getClassName()).matches());
	}

	private boolean isBusy() {
		long now = System.nanoTime();
		Duration processorTime = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
		long used = processorTime.minus(this.processorTime).toNanos();
		long elapsed = now - this.lookedAt;
		this.processorTime = processorTime;
		this.lookedAt = now;
		return used > BUSY * elapsed;
	}

}
