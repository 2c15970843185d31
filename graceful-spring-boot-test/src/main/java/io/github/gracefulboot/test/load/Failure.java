package io.github.gracefulboot.test.load;

import java.time.LocalDateTime;

import io.github.gracefulboot.test.http.FailureKind;

/**
 * A request that failed.
 *
 * @param at when, by the same clock that the log files show
 * @param kind how
 * @param status status of the response, or 0
 * @param cause what the front says about it: status line and reason, or the exception
 * @param localPort the client's port, or 0 when it was not connected
 */
public record Failure(LocalDateTime at, FailureKind kind, int status, String cause, int localPort) {

	static final String REASON_HEADER = "X-Failure";

	/**
	 * What failures are counted by, such as {@code RESET_NEW} or
	 * {@code STATUS 502 RESET_REUSED}.
	 */
	String label() {
		return (this.kind != FailureKind.STATUS) ? this.kind.name() : this.kind + " " + this.cause;
	}

	@Override
	public String toString() {
		return "%s %s %s (local port %d)".formatted(this.at, this.kind, this.cause, this.localPort);
	}

}
