package io.github.gracefulboot.test;

import java.util.function.LongPredicate;

import org.assertj.core.api.AbstractAssert;

/**
 * Assertions about what became of the requests that were sent while something was done to
 * a fleet.
 */
public final class RestartResultAssert extends AbstractAssert<RestartResultAssert, RestartResult> {

	/**
	 * Of so many requests, fewer than one in a hundred is lost if none of them was.
	 */
	private static final long ENOUGH = 300;

	private boolean enough;

	RestartResultAssert(RestartResult actual) {
		super(actual, RestartResultAssert.class);
	}

	/**
	 * Verifies that so many requests were sent. Without it, {@link #lostNothing()} asks
	 * for 300.
	 * @param requests the number
	 * @return this assertion
	 */
	public RestartResultAssert sentAtLeast(long requests) {
		isNotNull();
		if (this.actual.sent() < requests) {
			throw failure("Expected at least %d requests, but %d were sent: more connections, a higher rate or more "
					+ "restarts make more%n%s", requests, this.actual.sent(), this.actual);
		}
		this.enough = true;
		return this;
	}

	/**
	 * Verifies that each request was answered with a status of 2xx, although processes
	 * stopped meanwhile. A request that may have been executed counts as lost: see
	 * {@link #lostNothing(LongPredicate)}.
	 * @return this assertion
	 */
	public RestartResultAssert lostNothing() {
		verifyEvidence();
		if (!this.actual.lost().isEmpty() || !this.actual.unknown().isEmpty()) {
			throw failure(
					"Expected nothing to be lost, but %d of %d requests failed: %d were lost, and of %d only the "
							+ "application knows, which lostNothing(executed) asks%n%s",
					this.actual.failures().size(), this.actual.sent(), this.actual.lost().size(),
					this.actual.unknown().size(), this.actual);
		}
		return this;
	}

	/**
	 * Verifies that each request was answered with a status of 2xx or was executed: an
	 * answer may be lost.
	 * @param executed says by the number of a request whether it was executed
	 * @return this assertion, of the result in which no request is unknown
	 */
	public RestartResultAssert lostNothing(LongPredicate executed) {
		verifyEvidence();
		RestartResultAssert judged = new RestartResultAssert(this.actual.judgedBy(executed));
		judged.enough = true;
		return judged.lostNothing();
	}

	/**
	 * Verifies that requests were lost, which a test that can fail shows without the
	 * starter.
	 * @return this assertion
	 */
	public RestartResultAssert lostSomething() {
		isNotNull();
		if (this.actual.failures().isEmpty()) {
			throw failure("Expected requests to be lost, but none was%n%s", this.actual);
		}
		return this;
	}

	/**
	 * Silence proves nothing: something has to have stopped, and requests have to have
	 * come meanwhile.
	 */
	private void verifyEvidence() {
		isNotNull();
		if (this.actual.stops().isEmpty()) {
			throw failure("Nothing was stopped while requests were sent, which proves nothing%n%s", this.actual);
		}
		if (this.actual.sentDuringStops() == 0) {
			throw failure("No request was answered while processes stopped, which proves nothing%n%s", this.actual);
		}
		if (!this.enough) {
			sentAtLeast(ENOUGH);
		}
	}

}
