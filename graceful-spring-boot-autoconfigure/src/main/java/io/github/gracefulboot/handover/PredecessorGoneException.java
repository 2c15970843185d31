package io.github.gracefulboot.handover;

/**
 * Thrown when the process that served the port has ended.
 */
class PredecessorGoneException extends Exception {

	PredecessorGoneException(long pid) {
		super("Process %d has ended".formatted(pid));
	}

}
