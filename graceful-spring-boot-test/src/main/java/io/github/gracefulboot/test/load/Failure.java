package io.github.gracefulboot.test.load;

import java.time.Instant;

import io.github.gracefulboot.test.http.FailureKind;

/**
 * A request that failed.
 *
 * @param at when, by the same clock that the log files show
 * @param number of the request
 * @param request what it was
 * @param kind how
 * @param status status of the response, or 0
 * @param cause what the front says about it: status line and reason, or the exception
 * @param localPort the client's port, or 0 when it was not connected
 */
public record Failure(Instant at, long number, RequestKind request, FailureKind kind, int status, String cause,
		int localPort) {

	static final String REASON_HEADER = "X-Failure";

	private static final int SERVICE_UNAVAILABLE = 503;

	private static final int SERVER_ERROR = 500;

	/**
	 * Whether the request may have been executed, and would be a second time if it was
	 * repeated. A connection that was refused and a response that refuses say that it was
	 * not, and what is idempotent can be repeated.
	 * @return whether its client does not know
	 */
	public boolean mayHaveBeenExecuted() {
		return !this.request.isIdempotent() && switch (this.kind) {
			case REFUSED, CONNECT_TIMEOUT -> false;
			case STATUS -> this.status >= SERVER_ERROR && this.status != SERVICE_UNAVAILABLE;
			case RESET_NEW, RESET_REUSED, TRUNCATED, TIMEOUT -> true;
		};
	}

	/**
	 * What failures are counted by, such as {@code RESET_NEW} or
	 * {@code STATUS 502 RESET_REUSED}.
	 * @return kind and, of a status, the status line
	 */
	public String label() {
		return (this.kind != FailureKind.STATUS) ? this.kind.name() : this.kind + " " + this.cause;
	}

	@Override
	public String toString() {
		return "%s %s, number %d: %s %s (local port %d)".formatted(this.at, this.request, this.number, this.kind,
				this.cause, this.localPort);
	}

}
