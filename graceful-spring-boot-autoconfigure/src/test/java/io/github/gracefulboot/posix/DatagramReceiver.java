package io.github.gracefulboot.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;

/**
 * A Unix domain datagram socket in place of systemd's.
 */
public final class DatagramReceiver implements AutoCloseable {

	private static final int LONGEST = 4096;

	private final int socket;

	private final List<String> received = new ArrayList<>();

	/**
	 * Creates the socket.
	 * @param name a path, or a name that begins with {@code @}
	 */
	public DatagramReceiver(String name) {
		this.socket = TestLibrary.INSTANCE.socket(TestLibrary.AF_UNIX, TestLibrary.SOCK_DGRAM, 0);
		byte[] path = name.replaceFirst("^@", "\0").getBytes(StandardCharsets.UTF_8);
		try (Memory address = new Memory(2L + path.length)) {
			address.setShort(0, (short) TestLibrary.AF_UNIX);
			address.write(2, path, 0, path.length);
			TestLibrary.INSTANCE.bind(this.socket, address, (int) address.size());
		}
	}

	/**
	 * Returns all datagrams up to now.
	 * @return their texts
	 */
	public List<String> received() {
		byte[] buffer = new byte[LONGEST];
		try {
			while (true) {
				int length = TestLibrary.INSTANCE
					.recv(this.socket, buffer, new NativeLong(buffer.length), TestLibrary.MSG_DONTWAIT)
					.intValue();
				this.received.add(new String(buffer, 0, length, StandardCharsets.UTF_8));
			}
		}
		catch (LastErrorException ex) {
			if (ex.getErrorCode() != TestLibrary.EAGAIN) {
				throw ex;
			}
		}
		return List.copyOf(this.received);
	}

	@Override
	public void close() {
		TestLibrary.INSTANCE.close(this.socket);
	}

}
