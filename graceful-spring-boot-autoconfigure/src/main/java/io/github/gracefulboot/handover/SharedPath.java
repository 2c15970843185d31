package io.github.gracefulboot.handover;

import io.github.gracefulboot.posix.UnixSocket;
import io.github.gracefulboot.socket.ListenerHolders;

/**
 * What processes that serve the same port have in common beside that port.
 *
 * @param listener the socket at the path where they meet
 * @param holders tells whether there are others
 */
record SharedPath(UnixSocket listener, ListenerHolders holders) {

	/**
	 * The number of descriptors that are passed on.
	 */
	static final int DESCRIPTORS = 3;

	/**
	 * Takes over what another process has passed on.
	 * @param descriptors its descriptors
	 * @return the same, for this process
	 */
	static SharedPath of(int[] descriptors) {
		return new SharedPath(new UnixSocket(descriptors[0]), new ListenerHolders(descriptors[1], descriptors[2]));
	}

	/**
	 * Returns what to pass on.
	 * @return the descriptors
	 */
	int[] descriptors() {
		int[] pipe = this.holders.descriptors();
		return new int[] { this.listener.descriptor(), pipe[0], pipe[1] };
	}

	/**
	 * Leaves it to the others. Called once.
	 * @return whether there are others
	 */
	boolean close() {
		this.listener.close();
		return this.holders.leaveToOthers();
	}

}
