package io.github.gracefulboot.posix;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import org.jspecify.annotations.Nullable;

/**
 * A socket in the Unix domain that keeps messages apart, knows who is at the other end
 * and passes descriptors on. The JDK supports only streams of bytes there.
 * <p>
 * Only for Linux on 64 bits: the layouts are those of that kernel.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man3/cmsg.3.html">cmsg(3)</a>
 */
public final class UnixSocket implements AutoCloseable {

	/**
	 * The length of the longest path, in bytes.
	 */
	public static final int LONGEST_PATH = 107;

	/**
	 * The length of the longest message, in bytes.
	 */
	public static final int LONGEST_MESSAGE = 1024;

	private static final int MOST_DESCRIPTORS = 4;

	private static final int AF_UNIX = 1;

	private static final int SOCK_SEQPACKET_CLOEXEC = 5 | CLibrary.O_CLOEXEC;

	private static final int SOCK_NONBLOCK = 0x800;

	private static final int SOL_SOCKET = 1;

	private static final int SO_PEERCRED = 17;

	private static final int SCM_RIGHTS = 1;

	private static final int MSG_TRUNC = 0x20;

	private static final int MSG_CTRUNC = 0x8;

	private static final int MSG_DONTWAIT = 0x40;

	private static final int MSG_NOSIGNAL = 0x4000;

	private static final int MSG_CMSG_CLOEXEC = 0x40000000;

	private static final int NONE = -1;

	private static final int ENOENT = 2;

	private static final int EAGAIN = 11;

	private static final int ECONNREFUSED = 111;

	/**
	 * {@code struct msghdr}: the name and its length, the pieces of data and how many,
	 * the control message and its length, flags.
	 */
	private static final int HEADER = 56;

	private static final int HEADER_NAME_LENGTH = 8;

	private static final int HEADER_IOV = 16;

	private static final int HEADER_IOV_LENGTH = 24;

	private static final int HEADER_CONTROL = 32;

	private static final int HEADER_CONTROL_LENGTH = 40;

	private static final int HEADER_FLAGS = 48;

	/**
	 * {@code struct cmsghdr}: its length with the data, the level and the type.
	 */
	private static final int CONTROL_HEADER = 16;

	private static final int CONTROL = CONTROL_HEADER + MOST_DESCRIPTORS * Integer.BYTES;

	private final CLibrary c;

	private final int descriptor;

	/**
	 * Takes a descriptor over.
	 * @param descriptor the descriptor of such a socket
	 */
	public UnixSocket(int descriptor) {
		this(CLibrary.load(), descriptor);
	}

	private UnixSocket(CLibrary c, int descriptor) {
		this.c = c;
		this.descriptor = descriptor;
	}

	/**
	 * Returns whether this works here.
	 * @return whether it is Linux on 64 bits
	 */
	public static boolean isSupported() {
		return System.getProperty("os.name").startsWith("Linux") && Native.POINTER_SIZE == Long.BYTES;
	}

	/**
	 * Connects to whoever listens.
	 * @param path the path, not longer than {@link #LONGEST_PATH}
	 * @return the socket, or {@code null} if nobody listens
	 * @throws IOException if it cannot be told
	 */
	public static @Nullable UnixSocket connect(Path path) throws IOException {
		UnixSocket socket = open(0);
		try (Memory address = address(path)) {
			socket.c.connect(socket.descriptor, address, (int) address.size());
			return socket;
		}
		catch (LastErrorException ex) {
			socket.close();
			if (ex.getErrorCode() == ENOENT || ex.getErrorCode() == ECONNREFUSED) {
				return null;
			}
			throw new IOException(ex.getMessage(), ex);
		}
	}

	/**
	 * Creates the file of a socket to which nobody can connect yet.
	 * @param path the path, which must not exist
	 * @return the socket
	 * @throws IOException if it cannot be created
	 */
	public static UnixSocket bind(Path path) throws IOException {
		UnixSocket socket = open(SOCK_NONBLOCK);
		try (Memory address = address(path)) {
			socket.c.bind(socket.descriptor, address, (int) address.size());
			return socket;
		}
		catch (LastErrorException ex) {
			socket.close();
			throw new IOException(ex.getMessage(), ex);
		}
	}

	private static UnixSocket open(int flags) throws IOException {
		CLibrary c = CLibrary.load();
		return new UnixSocket(c, CLibrary.repeat(() -> c.socket(AF_UNIX, SOCK_SEQPACKET_CLOEXEC | flags, 0)));
	}

	private static Memory address(Path path) {
		byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
		Memory address = new Memory(Short.BYTES + bytes.length + 1L);
		address.clear();
		address.setShort(0, (short) AF_UNIX);
		address.write(Short.BYTES, bytes, 0, bytes.length);
		return address;
	}

	/**
	 * Lets others connect.
	 * @param backlog how many may wait to be accepted
	 * @throws IOException if that fails
	 */
	public void listen(int backlog) throws IOException {
		CLibrary.repeat(() -> this.c.listen(this.descriptor, backlog));
	}

	/**
	 * Accepts a connection that waits.
	 * @return the connection, or {@code null} if there is none
	 * @throws IOException if that fails
	 */
	public @Nullable UnixSocket acceptNow() throws IOException {
		int accepted = CLibrary.repeat(() -> {
			try {
				return this.c.accept4(this.descriptor, null, null, CLibrary.O_CLOEXEC);
			}
			catch (LastErrorException ex) {
				if (ex.getErrorCode() == EAGAIN) {
					return NONE;
				}
				throw ex;
			}
		});
		return (accepted != NONE) ? new UnixSocket(this.c, accepted) : null;
	}

	/**
	 * Returns the number of the descriptor.
	 * @return the descriptor
	 */
	public int descriptor() {
		return this.descriptor;
	}

	/**
	 * Returns who was at the other end when it was connected.
	 * @return the process
	 * @throws IOException if that cannot be told
	 */
	public Peer peer() throws IOException {
		try (Memory credentials = new Memory(3L * Integer.BYTES)) {
			int[] length = { (int) credentials.size() };
			CLibrary.repeat(() -> this.c.getsockopt(this.descriptor, SOL_SOCKET, SO_PEERCRED, credentials, length));
			return new Peer(credentials.getInt(0), credentials.getInt(Integer.BYTES));
		}
	}

	/**
	 * Sends a message.
	 * @param text the text, not empty and not longer than {@link #LONGEST_MESSAGE}
	 * @param descriptors the descriptors to pass on, at most four
	 * @throws IOException if the other end is gone, or does not read
	 */
	public void send(String text, int... descriptors) throws IOException {
		send(this.c, this.descriptor, null, MSG_DONTWAIT, text, descriptors);
	}

	/**
	 * Sends a message.
	 * @param c the library
	 * @param socket the descriptor of the socket
	 * @param address where to, or {@code null} if the socket is connected
	 * @param flags how to send it
	 * @param text the text, not empty
	 * @param descriptors the descriptors to pass on, at most four
	 * @throws IOException if it cannot be sent
	 */
	static void send(CLibrary c, int socket, @Nullable Memory address, int flags, String text, int... descriptors)
			throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		try (Memory data = new Memory(bytes.length);
				Memory pieces = pieces(data);
				Memory control = new Memory(CONTROL);
				Memory header = header(pieces)) {
			data.write(0, bytes, 0, bytes.length);
			if (address != null) {
				header.setPointer(0, address);
				header.setInt(HEADER_NAME_LENGTH, (int) address.size());
			}
			if (descriptors.length > 0) {
				int length = CONTROL_HEADER + descriptors.length * Integer.BYTES;
				control.clear();
				control.setLong(0, length);
				control.setInt(8, SOL_SOCKET);
				control.setInt(12, SCM_RIGHTS);
				control.write(CONTROL_HEADER, descriptors, 0, descriptors.length);
				header.setPointer(HEADER_CONTROL, control);
				header.setLong(HEADER_CONTROL_LENGTH, (length + 7) / 8 * 8);
			}
			CLibrary.repeat(() -> c.sendmsg(socket, header, MSG_NOSIGNAL | flags).intValue());
		}
	}

	/**
	 * Receives a message that is there.
	 * @return the message, or {@code null} if the other end is gone
	 * @throws IOException if there is none, or it is too long
	 */
	public @Nullable Message receive() throws IOException {
		try (Memory data = new Memory(LONGEST_MESSAGE);
				Memory pieces = pieces(data);
				Memory control = new Memory(CONTROL);
				Memory header = header(pieces)) {
			control.clear();
			header.setPointer(HEADER_CONTROL, control);
			header.setLong(HEADER_CONTROL_LENGTH, CONTROL);
			int length = CLibrary.repeat(() -> receive(header));
			if (length == 0) {
				return null;
			}
			int[] descriptors = descriptors(control, header.getLong(HEADER_CONTROL_LENGTH));
			if ((header.getInt(HEADER_FLAGS) & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
				Arrays.stream(descriptors).forEach(this.c::close);
				throw new IOException("The message is too long, or its descriptors are too many");
			}
			return new Message(new String(data.getByteArray(0, length), StandardCharsets.UTF_8), descriptors);
		}
	}

	/**
	 * The kernel says once that the other end has not read everything, and then goes on
	 * to give what that one had sent.
	 */
	private int receive(Memory header) {
		try {
			return receiveNext(header);
		}
		catch (LastErrorException ex) {
			if (ex.getErrorCode() == CLibrary.ECONNRESET) {
				return receiveNext(header);
			}
			throw ex;
		}
	}

	private int receiveNext(Memory header) {
		return this.c.recvmsg(this.descriptor, header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC).intValue();
	}

	private static int[] descriptors(Memory control, long received) {
		if (received < CONTROL_HEADER || control.getInt(12) != SCM_RIGHTS) {
			return new int[0];
		}
		return control.getIntArray(CONTROL_HEADER, (int) (control.getLong(0) - CONTROL_HEADER) / Integer.BYTES);
	}

	private static Memory pieces(Memory data) {
		Memory pieces = new Memory(2L * Long.BYTES);
		pieces.setPointer(0, data);
		pieces.setLong(Long.BYTES, data.size());
		return pieces;
	}

	private static Memory header(Memory pieces) {
		Memory header = new Memory(HEADER);
		header.clear();
		header.setPointer(HEADER_IOV, pieces);
		header.setLong(HEADER_IOV_LENGTH, 1);
		return header;
	}

	@Override
	public void close() {
		this.c.close(this.descriptor);
	}

	/**
	 * A process at the other end.
	 *
	 * @param pid its id
	 * @param user the id of its user
	 */
	public record Peer(long pid, int user) {

	}

	/**
	 * A message that was received.
	 *
	 * @param text the text
	 * @param descriptors the descriptors that came with it, now this process's own
	 */
	public record Message(String text, int[] descriptors) {

	}

}
