package io.github.gracefulboot.web.stream;

/**
 * Follows the data that is written to a stream and determines whether the stream may end:
 * after a blank line in a stream of server-sent events, after a line in any other stream.
 * Not thread-safe.
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
	 * Follows a written character.
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
	 * Returns whether the written data is complete.
	 * @return whether the stream may end, which includes that nothing has been written
	 */
	public boolean isReached() {
		return this.reached;
	}

}
