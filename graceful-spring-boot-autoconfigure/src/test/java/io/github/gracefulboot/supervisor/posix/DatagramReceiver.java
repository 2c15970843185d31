package io.github.gracefulboot.supervisor.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;

/**
 * A Unix domain datagram socket in place of systemd's.
 */
public final class DatagramReceiver implements AutoCloseable {

	private static final int LONGEST = 4096;

	private static final int CONTROL = 64;

	private final int socket;

	private final List<String> received = new ArrayList<>();

	private final List<Integer> descriptors = new ArrayList<>();

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
		try (Memory content = new Memory(LONGEST);
				Memory vector = new Memory(16);
				Memory control = new Memory(CONTROL);
				Memory message = new Memory(56)) {
			while (true) {
				vector.setPointer(0, content);
				vector.setLong(8, content.size());
				message.clear();
				message.setPointer(16, vector);
				message.setLong(24, 1);
				message.setPointer(32, control);
				message.setLong(40, control.size());
				int length = TestLibrary.INSTANCE.recvmsg(this.socket, message, TestLibrary.MSG_DONTWAIT).intValue();
				this.received.add(new String(content.getByteArray(0, length), StandardCharsets.UTF_8));
				if (message.getLong(40) > 0) {
					this.descriptors.add(control.getInt(16));
				}
			}
		}
		catch (LastErrorException ex) {
			if (ex.getErrorCode() != TestLibrary.EAGAIN) {
				throw ex;
			}
		}
		return List.copyOf(this.received);
	}

	/**
	 * Closes the descriptors that came with datagrams.
	 * @return how many there were
	 */
	public int closeReceivedDescriptors() {
		int count = this.descriptors.size();
		this.descriptors.forEach(TestLibrary.INSTANCE::close);
		this.descriptors.clear();
		return count;
	}

	@Override
	public void close() {
		received();
		closeReceivedDescriptors();
		TestLibrary.INSTANCE.close(this.socket);
	}

}
