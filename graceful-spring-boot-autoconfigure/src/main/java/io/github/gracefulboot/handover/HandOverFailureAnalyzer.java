package io.github.gracefulboot.handover;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a {@link HandOverFailedException}.
 */
class HandOverFailureAnalyzer extends AbstractFailureAnalyzer<HandOverFailedException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, HandOverFailedException cause) {
		return new FailureAnalysis("The application could not take the port over. " + cause.getMessage(),
				cause.action(), cause);
	}

}
