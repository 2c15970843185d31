package io.github.gracefulboot.test.http;

import java.io.IOException;

/**
 * Thrown when a request got no complete response.
 */
public final class HttpFailureException extends IOException {

	private final FailureKind kind;

	HttpFailureException(FailureKind kind, IOException cause) {
		super(cause.toString(), cause);
		this.kind = kind;
	}

	public FailureKind kind() {
		return this.kind;
	}

}
