package io.github.gracefulboot.test;

import java.time.Instant;

import io.github.gracefulboot.test.http.FailureKind;

/**
 * A request that was not answered as it should.
 *
 * @param at when that was
 * @param number its number: that which its body was made of
 * @param request what it was, such as {@code POST /orders}
 * @param kind how it failed
 * @param cause what a load balancer says about it, or the exception
 * @param stage what was going on: the stage of a stop, {@code stopping} if the
 * application does not report it, {@code starting}, or {@code running}
 * @param fate what became of it
 */
public record FailedRequest(Instant at, long number, String request, FailureKind kind, String cause, String stage,
		Fate fate) {

	FailedRequest withFate(Fate changed) {
		return new FailedRequest(this.at, this.number, this.request, this.kind, this.cause, this.stage, changed);
	}

	/**
	 * Names how and when it failed.
	 */
	String label() {
		String how = (this.kind != FailureKind.STATUS) ? this.kind.name() : "STATUS " + this.cause;
		return "%s while %s, %s".formatted(how, this.stage, this.fate.name().toLowerCase());
	}

	@Override
	public String toString() {
		String more = (this.kind != FailureKind.STATUS) ? ", " + this.cause : "";
		return "%s %s, number %d: %s%s".formatted(this.at, this.request, this.number, label(), more);
	}

	/**
	 * What became of a request that failed.
	 */
	public enum Fate {

		/**
		 * It was not executed, or a client may simply repeat it and had to.
		 */
		LOST,

		/**
		 * It may have been executed, and only the application knows.
		 */
		UNKNOWN,

		/**
		 * It was executed, and nobody told its client.
		 */
		UNANSWERED

	}

}
