package io.github.gracefulboot.test.http;

/**
 * Ways in which a request can fail, as its client sees them.
 */
public enum FailureKind {

	/**
	 * Nobody listens.
	 */
	REFUSED,

	/**
	 * The connection was not established in time.
	 */
	CONNECT_TIMEOUT,

	/**
	 * The connection ended before a byte of the response to its first request.
	 */
	RESET_NEW,

	/**
	 * The connection ended before a byte of the response to a later request.
	 */
	RESET_REUSED,

	/**
	 * The response was cut off.
	 */
	TRUNCATED,

	/**
	 * The response is complete, but its status is not 2xx.
	 */
	STATUS,

	/**
	 * The response did not come in time.
	 */
	TIMEOUT

}
