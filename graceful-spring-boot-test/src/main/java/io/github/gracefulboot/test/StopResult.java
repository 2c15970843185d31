package io.github.gracefulboot.test;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.assertj.core.api.AssertProvider;
import org.jspecify.annotations.Nullable;

/**
 * How a process stopped. Its stages, its outcome and what was lost are known if the
 * application has the starter, which reports them.
 */
public final class StopResult implements AssertProvider<StopResultAssert> {

	static final String STOPPING = "stopping";

	private final String instance;

	private final @Nullable Signal signal;

	private final Instant beganAt;

	private final Duration took;

	private final int exitCode;

	private final boolean killed;

	private final @Nullable StopReport report;

	private final Path log;

	StopResult(String instance, @Nullable Signal signal, Instant beganAt, Duration took, int exitCode, boolean killed,
			Optional<StopReport> report, Path log) {
		this.instance = instance;
		this.signal = signal;
		this.beganAt = beganAt;
		this.took = took;
		this.exitCode = exitCode;
		this.killed = killed;
		this.report = report.orElse(null);
		this.log = log;
	}

	/**
	 * Says how an application context was closed, in the test's own process.
	 * @param context its name
	 * @param beganAt when that began
	 * @param took the time that it took
	 * @param exitCode what a process would end with
	 * @param outcome {@code clean} or {@code forced}
	 * @param stages the stages in order
	 * @param cutOff the work that did not come to its end
	 * @param abandoned the work that was not waited for
	 * @return the result
	 */
	public static StopResult ofContext(String context, Instant beganAt, Duration took, int exitCode, String outcome,
			List<StageTime> stages, List<String> cutOff, List<String> abandoned) {
		return new StopResult(context, null, beganAt, took, exitCode, false,
				Optional.of(new StopReport(outcome, stages, cutOff, abandoned)), Path.of(""));
	}

	/**
	 * Returns who stopped.
	 * @return port and process id
	 */
	public String getInstance() {
		return this.instance;
	}

	/**
	 * Returns what asked it to stop.
	 * @return the signal, empty if another process took its port over, or a context was
	 * closed
	 */
	public Optional<Signal> getSignal() {
		return Optional.ofNullable(this.signal);
	}

	/**
	 * Returns when it was asked to stop.
	 * @return the time
	 */
	public Instant getBeganAt() {
		return this.beganAt;
	}

	/**
	 * Returns when the process ended.
	 * @return the time
	 */
	public Instant getEndedAt() {
		return this.beganAt.plus(this.took);
	}

	/**
	 * Returns the time from the signal to the end of the process.
	 * @return the duration
	 */
	public Duration getTook() {
		return this.took;
	}

	/**
	 * Returns the exit code of the process.
	 * @return the exit code, 128 and the number of a signal that ended it
	 */
	public int getExitCode() {
		return this.exitCode;
	}

	/**
	 * Returns whether it had to be killed, since it did not end in time.
	 * @return whether SIGKILL ended it
	 */
	public boolean isKilled() {
		return this.killed;
	}

	/**
	 * Returns the outcome that the application reports.
	 * @return {@code clean}, {@code forced} or {@code unfinished}, empty without a report
	 */
	public Optional<String> getOutcome() {
		return getReport().map(StopReport::outcome);
	}

	/**
	 * Returns the stages of the shutdown.
	 * @return the stages in order, none without a report
	 */
	public List<StageTime> getStages() {
		return getReport().map(StopReport::stages).orElse(List.of());
	}

	/**
	 * Returns the work that was cut off, such as {@code GET /hang}.
	 * @return the work, as the application names it, none without a report
	 */
	public List<String> getCutOff() {
		return getReport().map(StopReport::cutOff).orElse(List.of());
	}

	/**
	 * Returns the work that the process did not wait for.
	 * @return the work, as the application names it, none without a report
	 */
	public List<String> getAbandoned() {
		return getReport().map(StopReport::abandoned).orElse(List.of());
	}

	/**
	 * Returns the log of the instance, of all of its processes.
	 * @return the file
	 */
	public Path getLog() {
		return this.log;
	}

	private Optional<StopReport> getReport() {
		return Optional.ofNullable(this.report);
	}

	/**
	 * Names the stage at a time.
	 * @param time the time
	 * @return the stage, empty before and after the stop
	 */
	Optional<String> stageAt(Instant time) {
		if (time.isBefore(this.beganAt) || time.isAfter(getEndedAt())) {
			return Optional.empty();
		}
		String stage = STOPPING;
		for (StageTime one : getStages()) {
			stage = time.isBefore(one.startedAt()) ? stage : one.stage();
		}
		return Optional.of(stage);
	}

	@Override
	public StopResultAssert assertThat() {
		return new StopResultAssert(this);
	}

	/**
	 * Sums it up, such as {@code 18080 (pid 4711), SIGTERM: clean, exit code 0, 1240 ms}.
	 */
	@Override
	public String toString() {
		String who = (this.signal != null) ? "%s, %s".formatted(this.instance, this.signal) : this.instance;
		String outcome = this.killed ? "killed" : getOutcome().orElse("no report");
		return "%s: %s, exit code %d, %d ms".formatted(who, outcome, this.exitCode, this.took.toMillis());
	}

}
