package io.github.gracefulboot.handover;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

import com.sun.jna.LastErrorException;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.posix.CLibrary;
import io.github.gracefulboot.posix.DescriptorWait;
import io.github.gracefulboot.posix.UnixSocket;
import io.github.gracefulboot.posix.UnixSocket.Message;
import org.jspecify.annotations.Nullable;

/**
 * The messages between two processes of which one wants the port of the other. All of
 * them are words with a space between:
 * <table border="1">
 * <caption>Messages</caption>
 * <tr>
 * <th>from the next</th>
 * <th>from the one that serves</th>
 * </tr>
 * <tr>
 * <td>{@code graceful-handover 1 take-over|share MILLIS}: the version, and how long the
 * start may take</td>
 * <td>{@code welcome PID} with the ends of the pipe of {@code ListenerHolders} and the
 * socket at the path, or {@code refused REASON}</td>
 * </tr>
 * <tr>
 * <td>{@code listener main|other HOST PORT}, {@code *} for every host, 0 for any
 * port</td>
 * <td>{@code listener HOST PORT own|kept} with the listening socket, or
 * {@code none HOST PORT} with the address of the main one</td>
 * </tr>
 * <tr>
 * <td>{@code ready}</td>
 * <td>{@code leaving}</td>
 * </tr>
 * <tr>
 * <td></td>
 * <td>{@code withdrawn REASON}, at any time before</td>
 * </tr>
 * </table>
 * Who closes the connection before these has gone.
 */
final class Conversation {

	static final String PROTOCOL = "graceful-handover";

	static final String VERSION = "1";

	static final String TAKE_OVER = "take-over";

	static final String SHARE = "share";

	static final String WELCOME = "welcome";

	static final String REFUSED = "refused";

	static final String LISTENER = "listener";

	static final String MAIN = "main";

	static final String OTHER = "other";

	private static final String ANY_HOST = "*";

	static final String OWN = "own";

	static final String KEPT = "kept";

	static final String NONE = "none";

	static final String READY = "ready";

	static final String LEAVING = "leaving";

	static final String WITHDRAWN = "withdrawn";

	private final UnixSocket socket;

	private final DescriptorWait wait;

	private final UnixSocket.Peer peer;

	private boolean closed;

	/**
	 * Begins a conversation.
	 * @param socket a connection with the other process, which is closed if it is of no
	 * use
	 * @throws IOException if it cannot be told who that is, or nothing more can be opened
	 */
	Conversation(UnixSocket socket) throws IOException {
		this.socket = socket;
		try {
			this.peer = socket.peer();
			this.wait = new DescriptorWait();
		}
		catch (IOException | LastErrorException ex) {
			socket.close();
			throw new IOException(ex.getMessage(), ex);
		}
	}

	/**
	 * Returns whether the other process may have the port.
	 * @return whether it is of the same user
	 */
	boolean isWithSameUser() {
		return this.peer.user() == CLibrary.load().geteuid();
	}

	long pid() {
		return this.peer.pid();
	}

	/**
	 * Sends a message, which does not wait.
	 * @param words its words
	 * @param descriptors the descriptors to pass on
	 * @throws IOException if the other end is gone, or the conversation has ended: the
	 * number of its descriptor may be that of another file by then
	 */
	synchronized void send(String words, int... descriptors) throws IOException {
		if (this.closed) {
			throw new IOException("the conversation has ended");
		}
		this.socket.send(words, descriptors);
	}

	/**
	 * Waits for a message.
	 * @param deadline until when
	 * @return the message, or {@code null} if the other end is gone
	 * @throws IOException if it cannot be read
	 * @throws TimeoutException if none came in time
	 */
	@Nullable Message receive(Deadline deadline) throws IOException, TimeoutException {
		return receive((int) Math.min(Integer.MAX_VALUE, deadline.remaining().toMillis() + 1));
	}

	/**
	 * Waits for a message as long as it takes.
	 * @return the message, or {@code null} if the other end is gone or this one has ended
	 * the conversation
	 * @throws IOException if it cannot be read
	 */
	@Nullable Message receive() throws IOException {
		try {
			return receive(DescriptorWait.NO_LIMIT);
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private @Nullable Message receive(int timeoutMillis) throws IOException, TimeoutException {
		if (this.wait.awaitReadable(this.socket.descriptor(), timeoutMillis)) {
			return this.socket.receive();
		}
		if (this.wait.isEnded()) {
			return null;
		}
		throw new TimeoutException();
	}

	/**
	 * Waits for a while.
	 * @param duration how long
	 * @return whether the other end has closed the connection, or spoken out of turn
	 * @throws IOException if waiting fails
	 */
	boolean isClosedByPeer(Duration duration) throws IOException {
		return this.wait.awaitReadable(this.socket.descriptor(), (int) duration.toMillis()) || this.wait.isEnded();
	}

	/**
	 * Makes whoever waits for a message stop waiting, and close the conversation.
	 */
	void end() {
		this.wait.end();
	}

	/**
	 * Ends the conversation. Called by the thread that receives.
	 */
	synchronized void close() {
		this.closed = true;
		this.wait.close();
		this.socket.close();
	}

	/**
	 * Returns how an address is written.
	 * @param host the address, or {@code null} for every address of the machine
	 * @return a word
	 */
	static String text(@Nullable InetAddress host) {
		return (host == null || host.isAnyLocalAddress()) ? ANY_HOST : host.getHostAddress();
	}

	/**
	 * Returns the address that is written so.
	 * @param text a word
	 * @return the address, or {@code null} for every address of the machine
	 * @throws UnknownHostException if it is none
	 */
	static @Nullable InetAddress host(String text) throws UnknownHostException {
		return text.equals(ANY_HOST) ? null : InetAddress.getByName(text);
	}

	/**
	 * Closes descriptors that came with a message and are not used.
	 * @param descriptors the descriptors
	 */
	static void discard(int... descriptors) {
		CLibrary c = CLibrary.load();
		for (int descriptor : descriptors) {
			c.close(descriptor);
		}
	}

}
