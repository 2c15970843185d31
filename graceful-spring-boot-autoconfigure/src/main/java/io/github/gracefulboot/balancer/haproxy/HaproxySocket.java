package io.github.gracefulboot.balancer.haproxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import io.github.gracefulboot.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * The socket of HAProxy's runtime API ({@code stats socket}). It takes one line, or
 * several commands separated by semicolons, answers and closes the connection.
 *
 * @see <a href="https://docs.haproxy.org/3.2/management.html#9.3">HAProxy's management
 * guide, 9.3. Unix Socket commands</a>
 */
final class HaproxySocket {

	private static final Duration TIMEOUT = Duration.ofSeconds(1);

	private static final int LONGEST_ANSWER = 16 * 1024 * 1024;

	private final String address;

	/**
	 * Creates the socket without connecting to it.
	 * @param address the path of a Unix socket, or {@code host:port}
	 * @throws IllegalArgumentException if it is neither, with a message that says what
	 * one looks like
	 */
	HaproxySocket(String address) {
		this.address = address.strip();
		if (!isUnix() && !this.address.matches(".+:([0-5]?\\d{1,4}|6[0-4]\\d{3}|65[0-4]\\d{2})")) {
			throw new IllegalArgumentException(
					"It is neither the path of a Unix socket, such as /run/haproxy/admin.sock, nor a host and port, "
							+ "such as 127.0.0.1:9999.");
		}
	}

	/**
	 * Returns whether it is a Unix socket, of a HAProxy on this machine.
	 * @return whether it has a path
	 */
	boolean isUnix() {
		return this.address.startsWith("/");
	}

	/**
	 * Returns where HAProxy is.
	 * @return its address, or {@code null} for a Unix socket or a name that is not known
	 */
	@Nullable InetAddress host() {
		return isUnix() ? null : tcp().getAddress();
	}

	private InetSocketAddress tcp() {
		int colon = this.address.lastIndexOf(':');
		String host = this.address.substring(0, colon);
		return new InetSocketAddress(host, Integer.parseInt(this.address.substring(colon + 1)));
	}

	/**
	 * Sends a command.
	 * @param command the command, without the end of its line
	 * @return the answer, without the empty line at its end
	 * @throws IOException if it cannot be sent or is not answered within a second
	 */
	String execute(String command) throws IOException {
		Deadline deadline = Deadline.after(System::nanoTime, TIMEOUT);
		SocketAddress remote = isUnix() ? UnixDomainSocketAddress.of(this.address) : tcp();
		try (SocketChannel channel = open(remote); Selector selector = Selector.open()) {
			channel.configureBlocking(false);
			SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
			if (!channel.connect(remote)) {
				await(selector, deadline);
				channel.finishConnect();
			}
			write(channel, key, command + "\n", deadline);
			key.interestOps(SelectionKey.OP_READ);
			return read(channel, selector, deadline).strip();
		}
	}

	private static SocketChannel open(SocketAddress remote) throws IOException {
		if (remote instanceof UnixDomainSocketAddress) {
			return SocketChannel.open(StandardProtocolFamily.UNIX);
		}
		if (((InetSocketAddress) remote).isUnresolved()) {
			throw new ConnectException("The host is not known");
		}
		return SocketChannel.open();
	}

	private static void write(SocketChannel channel, SelectionKey key, String text, Deadline deadline)
			throws IOException {
		ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
		while (channel.write(bytes) >= 0 && bytes.hasRemaining()) {
			key.interestOps(SelectionKey.OP_WRITE);
			await(key.selector(), deadline);
		}
	}

	private static String read(SocketChannel channel, Selector selector, Deadline deadline) throws IOException {
		ByteArrayOutputStream answer = new ByteArrayOutputStream();
		ByteBuffer bytes = ByteBuffer.allocate(16 * 1024);
		while (answer.size() <= LONGEST_ANSWER) {
			await(selector, deadline);
			if (channel.read(bytes) < 0) {
				if (answer.size() == 0) {
					throw new IOException("It closes the connection and does not answer");
				}
				return answer.toString(StandardCharsets.UTF_8);
			}
			answer.write(bytes.array(), 0, bytes.position());
			bytes.clear();
		}
		throw new IOException("The answer does not end");
	}

	private static void await(Selector selector, Deadline deadline) throws IOException {
		long millis = deadline.remaining().toMillis();
		if (millis <= 0 || selector.select(millis) == 0) {
			throw new SocketTimeoutException("It does not answer");
		}
		selector.selectedKeys().clear();
	}

	@Override
	public String toString() {
		return this.address;
	}

}
