package io.github.gracefulboot.posix;

/**
 * Two ends of a conversation in one process.
 */
public final class UnixSocketPair implements AutoCloseable {

	private final UnixSocket one;

	private final UnixSocket other;

	private boolean oneOpen = true;

	private boolean otherOpen = true;

	public UnixSocketPair() {
		int[] descriptors = new int[2];
		TestLibrary.INSTANCE.socketpair(TestLibrary.AF_UNIX, TestLibrary.SOCK_SEQPACKET, 0, descriptors);
		this.one = new UnixSocket(descriptors[0]);
		this.other = new UnixSocket(descriptors[1]);
	}

	/**
	 * Returns one end.
	 * @return the socket
	 */
	public UnixSocket one() {
		return this.one;
	}

	/**
	 * Returns the other end.
	 * @return the socket
	 */
	public UnixSocket other() {
		return this.other;
	}

	/**
	 * Returns one end, which is the caller's to close.
	 * @return the socket
	 */
	public UnixSocket takeOne() {
		this.oneOpen = false;
		return this.one;
	}

	public void closeOther() {
		if (this.otherOpen) {
			this.otherOpen = false;
			this.other.close();
		}
	}

	@Override
	public void close() {
		closeOther();
		if (this.oneOpen) {
			this.oneOpen = false;
			this.one.close();
		}
	}

}
