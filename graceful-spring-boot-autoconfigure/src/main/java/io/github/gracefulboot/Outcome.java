package io.github.gracefulboot;

import java.util.List;

/**
 * How a shutdown went.
 *
 * @param cutOff the work that was still going on when its time was up
 * @since 0.1.0
 */
public record Outcome(List<String> cutOff) {

	/**
	 * Returns whether all work in hand was finished.
	 * @return {@code true} if nothing was cut off
	 */
	public boolean isClean() {
		return this.cutOff.isEmpty();
	}

	/**
	 * Returns the exit code of the process.
	 * @return 0 if the shutdown was clean, 1 if it was forced
	 */
	public int exitCode() {
		return isClean() ? 0 : 1;
	}

	/**
	 * Returns {@code clean} or {@code forced}.
	 */
	@Override
	public String toString() {
		return isClean() ? "clean" : "forced";
	}

}
