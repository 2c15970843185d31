package io.github.gracefulboot.supervisor.systemd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import io.github.gracefulboot.supervisor.posix.CLibrary;

/**
 * The datagram socket that systemd listens on. The JDK's Unix domain sockets are streams
 * only.
 *
 * @see <a href=
 * "https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html">sd_notify(3)</a>
 */
final class NotifySocket implements AutoCloseable {

	private static final int AF_UNIX = 1;

	private static final int SOCK_DGRAM_CLOEXEC = 0x80002;

	private static final int SOL_SOCKET = 1;

	private static final int SCM_RIGHTS = 1;

	private static final int MSG_NOSIGNAL = 0x4000;

	private static final int FAMILY_SIZE = 2;

	private static final int LONGEST_PATH = 107;

	private static final int LP64_POINTER_SIZE = 8;

	private static final int EACCES = 13;

	private final CLibrary c = CLibrary.load();

	private final int socket;

	private final String name;

	private final Memory address;

	/**
	 * Opens the socket.
	 * @param name its path, or a name that begins with {@code @} in the abstract name
	 * space
	 * @throws IOException if there is no such socket
	 */
	NotifySocket(String name) throws IOException {
		byte[] path = name.getBytes(StandardCharsets.UTF_8);
		if (!name.startsWith("/") && !name.startsWith("@")) {
			throw new IOException("NOTIFY_SOCKET=%s is neither a path nor an abstract name".formatted(name));
		}
		if (path.length > LONGEST_PATH) {
			throw new IOException(
					"NOTIFY_SOCKET=%s is longer than the %d bytes of a socket's name".formatted(name, LONGEST_PATH));
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
	 * Sends assignments.
	 * @param assignments one on each line, such as {@code READY=1}
	 * @throws IOException if systemd can not be reached
	 */
	void send(String assignments) throws IOException {
		byte[] bytes = assignments.getBytes(StandardCharsets.UTF_8);
		try {
			this.c.sendto(this.socket, bytes, new NativeLong(bytes.length), MSG_NOSIGNAL, this.address,
					(int) this.address.size());
		}
		catch (LastErrorException ex) {
			throw failure(ex);
		}
	}

	private IOException failure(LastErrorException cause) {
		String advice = (cause.getErrorCode() == EACCES)
				? ": the user of this process or its sandbox may not write to it" : "";
		return new IOException("NOTIFY_SOCKET=%s %s%s".formatted(this.name, cause.getMessage(), advice), cause);
	}

	/**
	 * Waits until systemd has read all that was sent before: it closes the end of a pipe
	 * that is passed to it when it comes to that message.
	 * @param atMost how long to wait at the most
	 * @return whether it has, {@code false} also where that can not be asked
	 * @throws IOException if systemd can not be reached
	 */
	boolean barrier(Duration atMost) throws IOException {
		if (Native.POINTER_SIZE != LP64_POINTER_SIZE) {
			return false;
		}
		int[] pipe = new int[2];
		try {
			this.c.pipe(pipe);
			try {
				pass(pipe[1]);
			}
			finally {
				this.c.close(pipe[1]);
			}
			return awaitHangUp(pipe[0], atMost);
		}
		catch (LastErrorException ex) {
			throw failure(ex);
		}
		finally {
			if (pipe[0] > 0) {
				this.c.close(pipe[0]);
			}
		}
	}

	@Override
	public void close() {
		this.c.close(this.socket);
	}

	/*
	 * Sends a descriptor: struct msghdr of 56 bytes, with a struct cmsghdr of 16 bytes
	 * before the number.
	 */
	private void pass(int descriptor) {
		byte[] text = "BARRIER=1".getBytes(StandardCharsets.UTF_8);
		try (Memory content = new Memory(text.length);
				Memory vector = new Memory(16);
				Memory control = new Memory(24);
				Memory message = new Memory(56)) {
			content.write(0, text, 0, text.length);
			vector.setPointer(0, content);
			vector.setLong(8, text.length);
			control.clear();
			control.setLong(0, 20);
			control.setInt(8, SOL_SOCKET);
			control.setInt(12, SCM_RIGHTS);
			control.setInt(16, descriptor);
			message.clear();
			message.setPointer(0, this.address);
			message.setInt(8, (int) this.address.size());
			message.setPointer(16, vector);
			message.setLong(24, 1);
			message.setPointer(32, control);
			message.setLong(40, control.size());
			this.c.sendmsg(this.socket, message, MSG_NOSIGNAL);
		}
	}

	private boolean awaitHangUp(int descriptor, Duration atMost) {
		try (Memory poll = new Memory(8)) {
			poll.clear();
			poll.setInt(0, descriptor);
			return this.c.poll(poll, new NativeLong(1), (int) atMost.toMillis()) > 0;
		}
	}

}
