package io.github.gracefulboot.startup;

import java.util.Objects;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a {@link StartupCheckFailedException}.
 */
class StartupCheckFailureAnalyzer extends AbstractFailureAnalyzer<StartupCheckFailedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, StartupCheckFailedException cause) {
		String message = Objects.requireNonNull(cause.getMessage());
		if (cause.isStopped()) {
			return new FailureAnalysis(message + "; the start was abandoned.", null, cause);
		}
		return new FailureAnalysis("The application did not start: a required dependency is unavailable. " + message,
				("Check that '%s' is running, that its address and credentials are correct, and that it is reachable from "
						+ "this host. Increase graceful.startup.timeout to allow more time, or set "
						+ "graceful.startup.check.exclude=%s to start without waiting for it.")
					.formatted(cause.getCheck(), cause.getCheck()),
				cause);
	}

}
