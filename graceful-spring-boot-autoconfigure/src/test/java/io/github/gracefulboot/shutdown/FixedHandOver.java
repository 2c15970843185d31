package io.github.gracefulboot.shutdown;

import org.jspecify.annotations.Nullable;

/**
 * A hand-over as a test wants it.
 *
 * @param isServedOn whether others serve the port on
 * @param takenOverFrom the process before
 * @param handedOverTo the process after
 */
public record FixedHandOver(boolean isServedOn, @Nullable Generation takenOverFrom,
		@Nullable Generation handedOverTo) implements HandOver {

	/**
	 * Creates one of a port that others serve on.
	 */
	public FixedHandOver() {
		this(true, null, null);
	}

}
