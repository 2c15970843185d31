package io.github.gracefulboot.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;

/**
 * The datagram socket on which systemd listens. The JDK supports only stream sockets in
 * the Unix domain.
 *
 * @see <a href=
 * "https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html">sd_notify(3)</a>
 */
public final class NotifySocket implements AutoCloseable {

	private static final int AF_UNIX = 1;

	private static final int SOCK_DGRAM_CLOEXEC = 0x80002;

	private static final int MSG_NOSIGNAL = 0x4000;

	private static final int FAMILY_SIZE = 2;

	private static final int EACCES = 13;

	private final CLibrary c = CLibrary.load();

	private final int socket;

	private final String name;

	private final Memory address;

	/**
	 * Opens the socket.
	 * @param name the path of the socket, or a name in the abstract namespace that begins
	 * with {@code @}
	 * @throws IOException if the name is invalid or the socket cannot be opened
	 */
	public NotifySocket(String name) throws IOException {
		byte[] path = name.getBytes(StandardCharsets.UTF_8);
		if (!name.startsWith("/") && !name.startsWith("@")) {
			throw new IOException("NOTIFY_SOCKET=%s is neither a path nor an abstract name".formatted(name));
		}
		if (path.length > UnixSocket.LONGEST_PATH) {
			throw new IOException("NOTIFY_SOCKET=%s is longer than %d bytes".formatted(name, UnixSocket.LONGEST_PATH));
		}
		if (path[0] == '@') {
			path[0] = 0;
		}
		this.name = name;
		this.address = new Memory((long) FAMILY_SIZE + path.length);
		this.address.setShort(0, (short) AF_UNIX);
		this.address.write(FAMILY_SIZE, path, 0, path.length);
		try {
			this.socket = this.c.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
		}
		catch (LastErrorException ex) {
			throw failure(ex);
		}
	}

	/**
	 * Sends variable assignments.
	 * @param assignments the assignments, one per line, such as {@code READY=1}
	 * @throws IOException if systemd cannot be reached
	 */
	public void send(String assignments) throws IOException {
		byte[] bytes = assignments.getBytes(StandardCharsets.UTF_8);
		try {
			this.c.sendto(this.socket, bytes, new NativeLong(bytes.length), MSG_NOSIGNAL, this.address,
					(int) this.address.size());
		}
		catch (LastErrorException ex) {
			throw failure(ex);
		}
	}

	/**
	 * Sends variable assignments and passes a descriptor on. Only where
	 * {@link UnixSocket#isSupported() that works}.
	 * @param assignments the assignments, one per line
	 * @param descriptor the descriptor
	 * @throws IOException if systemd cannot be reached
	 */
	public void send(String assignments, int descriptor) throws IOException {
		UnixSocket.send(this.c, this.socket, this.address, 0, assignments, descriptor);
	}

	private IOException failure(LastErrorException cause) {
		String advice = (cause.getErrorCode() == EACCES)
				? ": the user or the sandbox of this process is not permitted to write to it" : "";
		return new IOException("NOTIFY_SOCKET=%s %s%s".formatted(this.name, cause.getMessage(), advice), cause);
	}

	@Override
	public void close() {
		this.c.close(this.socket);
	}

}
