package io.github.gracefulboot.systemtests.app;

import java.time.Duration;

import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;

/**
 * What a sample says when it is asked whether it is ready.
 */
public final class Readiness {

	public static final String PATH = "/actuator/health/readiness";

	public static final int READY = 200;

	public static final int NOT_READY = 503;

	public static final int UNREACHABLE = 0;

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private Readiness() {
	}

	/**
	 * Asks once.
	 * @return the status of the response, or {@link #UNREACHABLE}
	 */
	public static int of(int port) {
		try {
			return HttpConnection.get(port, PATH, TIMEOUT).status();
		}
		catch (HttpFailureException ex) {
			return UNREACHABLE;
		}
	}

}
