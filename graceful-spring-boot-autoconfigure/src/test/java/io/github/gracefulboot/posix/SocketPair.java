package io.github.gracefulboot.posix;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;

/**
 * The channel between PM2 and its child: two connected Unix domain stream sockets, one of
 * which the test holds in place of PM2.
 */
public final class SocketPair implements AutoCloseable {

	private static final int BUFFER = 4096;

	private final int[] descriptors = new int[2];

	private final ByteArrayOutputStream received = new ByteArrayOutputStream();

	private boolean peerOpen = true;

	public SocketPair() {
		TestLibrary.INSTANCE.socketpair(TestLibrary.AF_UNIX, TestLibrary.SOCK_STREAM, 0, this.descriptors);
	}

	/**
	 * Returns the child's end.
	 * @return the descriptor
	 */
	public int descriptor() {
		return this.descriptors[0];
	}

	public void send(String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		int sent = TestLibrary.INSTANCE.send(this.descriptors[1], bytes, new NativeLong(bytes.length), 0).intValue();
		if (sent != bytes.length) {
			throw new IllegalStateException("Sent " + sent + " of " + bytes.length);
		}
	}

	/**
	 * Returns whether the child has read all that was sent.
	 * @return whether nothing waits in its end
	 */
	public boolean isRead() {
		try {
			TestLibrary.INSTANCE.recv(descriptor(), new byte[1], new NativeLong(1),
					TestLibrary.MSG_PEEK | TestLibrary.MSG_DONTWAIT);
			return false;
		}
		catch (LastErrorException ex) {
			return ex.getErrorCode() == TestLibrary.EAGAIN;
		}
	}

	/**
	 * Returns all that the child has written up to now.
	 * @return the text
	 */
	public String received() {
		byte[] buffer = new byte[BUFFER];
		try {
			while (true) {
				int length = TestLibrary.INSTANCE
					.recv(this.descriptors[1], buffer, new NativeLong(buffer.length), TestLibrary.MSG_DONTWAIT)
					.intValue();
				if (length <= 0) {
					break;
				}
				this.received.write(buffer, 0, length);
			}
		}
		catch (LastErrorException ex) {
			if (ex.getErrorCode() != TestLibrary.EAGAIN) {
				throw ex;
			}
		}
		return this.received.toString(StandardCharsets.UTF_8);
	}

	/**
	 * Closes the end of PM2, whose daemon dies.
	 */
	public void closePeer() {
		if (this.peerOpen) {
			this.peerOpen = false;
			TestLibrary.INSTANCE.close(this.descriptors[1]);
		}
	}

	@Override
	public void close() {
		closePeer();
		TestLibrary.INSTANCE.close(descriptor());
	}

}
