package io.github.gracefulboot.test;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.assertj.core.api.AbstractAssert;

/**
 * Assertions about how a process stopped.
 */
public final class StopResultAssert extends AbstractAssert<StopResultAssert, StopResult> {

	/**
	 * Exit codes of a stop that went well without the starter: the last two are those of
	 * a JVM that SIGINT or SIGTERM ended.
	 */
	private static final Set<Integer> WITHOUT_STARTER = Set.of(0, 130, 143);

	StopResultAssert(StopResult actual) {
		super(actual, StopResultAssert.class);
	}

	/**
	 * Verifies that the application reports a clean shutdown or, without a report, that
	 * it ended by itself with an exit code of 0, 130 or 143.
	 * @return this assertion
	 */
	public StopResultAssert isClean() {
		wasNotKilled();
		boolean clean = this.actual.getOutcome()
			.map("clean"::equals)
			.orElseGet(() -> WITHOUT_STARTER.contains(this.actual.getExitCode()));
		return verify(clean, "a clean stop");
	}

	/**
	 * Verifies that the application reports a forced shutdown: it ended itself although
	 * work was left.
	 * @return this assertion
	 */
	public StopResultAssert isForced() {
		wasNotKilled();
		return verify(reported().equals("forced"), "a forced stop");
	}

	/**
	 * Verifies the exit code.
	 * @param code the expected one
	 * @return this assertion
	 */
	public StopResultAssert hasExitCode(int code) {
		return verify(this.actual.getExitCode() == code, "exit code " + code);
	}

	/**
	 * Verifies that it did not take too long from the signal to the end of the process.
	 * @param limit what it has to stay below
	 * @return this assertion
	 */
	public StopResultAssert tookLessThan(Duration limit) {
		return verify(this.actual.getTook().compareTo(limit) < 0, "less than %d ms".formatted(limit.toMillis()));
	}

	/**
	 * Verifies that the application names work that it cut off.
	 * @param work what its name contains, such as {@code GET /hang}
	 * @return this assertion
	 */
	public StopResultAssert cutOff(String work) {
		reported();
		return verify(contains(this.actual.getCutOff(), work), "'%s' to be cut off".formatted(work));
	}

	/**
	 * Verifies that the application names work that it did not wait for.
	 * @param work what its name contains
	 * @return this assertion
	 */
	public StopResultAssert abandoned(String work) {
		reported();
		return verify(contains(this.actual.getAbandoned(), work), "'%s' to be abandoned".formatted(work));
	}

	/**
	 * Verifies that it ended before the kill timeout.
	 * @return this assertion
	 */
	public StopResultAssert wasNotKilled() {
		return verify(!this.actual.isKilled(), "to end by itself, before the kill timeout");
	}

	private static boolean contains(List<String> work, String part) {
		return work.stream().anyMatch((one) -> one.contains(part));
	}

	private String reported() {
		isNotNull();
		return this.actual.getOutcome()
			.orElseThrow(() -> failure("%s has left no report of its shutdown: has the application the starter?",
					this.actual));
	}

	private StopResultAssert verify(boolean condition, String expected) {
		isNotNull();
		if (!condition) {
			throw failure("Expected %s, but was %s%nstages: %s%ncut off: %s%nabandoned: %s%nlog: %s", expected,
					this.actual, this.actual.getStages(), this.actual.getCutOff(), this.actual.getAbandoned(),
					this.actual.getLog());
		}
		return this;
	}

}
