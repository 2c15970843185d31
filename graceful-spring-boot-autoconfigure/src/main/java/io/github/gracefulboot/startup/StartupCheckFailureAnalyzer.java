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
		return new FailureAnalysis(
				"The application did not start to listen, because what it needs is not there. "
						+ Objects.requireNonNull(cause.getMessage()),
				"Check that '%s' runs, that its address is right and that it can be reached from here. "
					.formatted(cause.getCheck())
						+ "Give it more time with graceful.startup.timeout, or leave it out of the checks "
						+ "with graceful.startup.check.exclude=%s.".formatted(cause.getCheck()),
				cause);
	}

}
