package io.github.gracefulboot.startup;

import java.util.Objects;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do about a {@link StartupCheckFailedException}.
 */
class StartupCheckFailureAnalyzer extends AbstractFailureAnalyzer<StartupCheckFailedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, StartupCheckFailedException cause) {
		String message = Objects.requireNonNull(cause.getMessage());
		if (cause.isStopped()) {
			return new FailureAnalysis(message + ", so that the start was given up.", null, cause);
		}
		return new FailureAnalysis(
				"The application does not listen, because something that it needs is missing: " + message,
				("Check that '%s' runs, that its address and credentials are right and that it can be reached from here. Give it more "
						+ "time with graceful.startup.timeout, or do not wait for it with "
						+ "graceful.startup.check.exclude=%s.")
					.formatted(cause.getCheck(), cause.getCheck()),
				cause);
	}

}
