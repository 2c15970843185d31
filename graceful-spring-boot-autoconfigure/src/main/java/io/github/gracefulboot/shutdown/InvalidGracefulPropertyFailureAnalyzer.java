package io.github.gracefulboot.shutdown;

import java.util.Objects;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do about an {@link InvalidGracefulPropertyException}.
 */
class InvalidGracefulPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidGracefulPropertyException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidGracefulPropertyException cause) {
		return new FailureAnalysis(Objects.requireNonNull(cause.getMessage()), cause.getAction(), cause);
	}

}
