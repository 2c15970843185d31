package io.github.gracefulboot.web.stream;

/**
 * Follows what is written to a stream and knows whether it may end there: after a blank
 * line in a stream of server-sent events, after a line in any other. Not safe for use by
 * several threads.
 *
 * @since 0.1.0
 */
public final class EventBoundary {

	private final boolean needsBlankLine;

	private boolean reached = true;

	private boolean lineIsEmpty = true;

	private boolean carriageReturn;

	EventBoundary(boolean needsBlankLine) {
		this.needsBlankLine = needsBlankLine;
	}

	/**
	 * Takes note of what was written.
	 * @param character a character, or a byte of its encoding
	 */
	public void accept(int character) {
		boolean secondHalf = character == '\n' && this.carriageReturn;
		this.carriageReturn = character == '\r';
		if (secondHalf) {
			return;
		}
		if (character == '\n' || character == '\r') {
			this.reached = this.lineIsEmpty || !this.needsBlankLine;
			this.lineIsEmpty = true;
		}
		else {
			this.reached = false;
			this.lineIsEmpty = false;
		}
	}

	/**
	 * Returns whether what was written is whole.
	 * @return whether the stream may end here, also if nothing was written
	 */
	public boolean isReached() {
		return this.reached;
	}

}
