package io.github.gracefulboot.socket;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The listening TCP sockets of this process for a port, according to Linux's
 * {@code /proc}. The kernel lists listening sockets first, so that finding them is cheap
 * regardless of the number of connections.
 *
 * @see <a href="https://docs.kernel.org/networking/proc_net_tcp.html">The proc/net/tcp
 * and proc/net/tcp6 variables</a>
 */
public final class ListeningSocket {

	private static final String LISTEN = "0A";

	private static final String SYN_RECEIVED = "03";

	private static final List<Path> TABLES = List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	private final String port;

	/**
	 * Creates the sockets of a port.
	 * @param port the local port
	 */
	public ListeningSocket(int port) {
		this.port = String.format(Locale.ROOT, ":%04X", port);
	}

	/**
	 * Returns the descriptors of the port's listening sockets.
	 * @return the file descriptor numbers, empty if this process does not listen
	 * @throws IOException if the kernel's tables cannot be read
	 */
	Set<Integer> descriptors() throws IOException {
		return descriptors((row) -> true);
	}

	private Set<Integer> descriptors(Predicate<Row> condition) throws IOException {
		List<String> targets = new ArrayList<>();
		for (Path table : TABLES) {
			listening(table).stream().filter(condition).forEach((row) -> targets.add("socket:[" + row.inode() + "]"));
		}
		Set<Integer> descriptors = new TreeSet<>();
		try (DirectoryStream<Path> links = Files.newDirectoryStream(DESCRIPTORS)) {
			for (Path link : links) {
				if (targets.contains(target(link))) {
					descriptors.add(Integer.valueOf(link.getFileName().toString()));
				}
			}
		}
		return descriptors;
	}

	/**
	 * Returns the descriptor of the listening socket of an address.
	 * @param host the address, or {@code null} for every address of the machine
	 * @return the file descriptor number, empty if this process does not listen there
	 * @throws IOException if the kernel's tables cannot be read
	 */
	public Optional<Integer> descriptor(@Nullable InetAddress host) throws IOException {
		return descriptors((row) -> isSame(row.host(), host)).stream().findFirst();
	}

	/**
	 * Returns where a socket of this process listens.
	 * @param descriptor its descriptor
	 * @return the address, empty if it is no listening TCP socket
	 * @throws IOException if the kernel's tables cannot be read
	 */
	public static Optional<InetSocketAddress> addressOf(int descriptor) throws IOException {
		String target = target(DESCRIPTORS.resolve(String.valueOf(descriptor)));
		for (Path table : TABLES) {
			if (Files.exists(table)) {
				try (BufferedReader reader = open(table)) {
					Optional<Row> found = reader.lines()
						.map(Row::parse)
						.takeWhile((row) -> row.state().equals(LISTEN))
						.filter((row) -> target.equals("socket:[" + row.inode() + "]"))
						.findFirst();
					if (found.isPresent()) {
						return found.map((row) -> new InetSocketAddress(row.host(), row.port()));
					}
				}
			}
		}
		return Optional.empty();
	}

	/**
	 * Returns whether sockets of the same port listen at the same address.
	 * @param one an address, or {@code null} for every address of the machine
	 * @param other an address, or {@code null} for every address of the machine
	 * @return whether they are the same
	 */
	public static boolean isSame(@Nullable InetAddress one, @Nullable InetAddress other) {
		return Objects.equals(orAny(one), orAny(other));
	}

	private static @Nullable InetAddress orAny(@Nullable InetAddress host) {
		return (host != null && host.isAnyLocalAddress()) ? null : host;
	}

	private static String target(Path link) {
		try {
			return Files.readSymbolicLink(link).toString();
		}
		catch (IOException ex) {
			return "";
		}
	}

	/**
	 * Returns whether connections are waiting to be accepted or are in their handshake.
	 * @return whether connections would be reset if the socket were closed now
	 * @throws IOException if the kernel's tables cannot be read
	 */
	boolean hasPendingConnections() throws IOException {
		for (Path table : TABLES) {
			List<Row> listening = listening(table);
			if (listening.stream().anyMatch((row) -> row.receiveQueue() > 0)
					|| (!listening.isEmpty() && isInHandshake(table))) {
				return true;
			}
		}
		return false;
	}

	private List<Row> listening(Path table) throws IOException {
		List<Row> listening = new ArrayList<>();
		if (!Files.exists(table)) {
			return listening;
		}
		try (BufferedReader reader = open(table)) {
			reader.lines()
				.map(Row::parse)
				.takeWhile((row) -> row.state().equals(LISTEN))
				.filter((row) -> row.localAddress().endsWith(this.port))
				.forEach(listening::add);
		}
		return listening;
	}

	/**
	 * Takes only lines apart that may be it: there is one for each open connection.
	 */
	private boolean isInHandshake(Path table) throws IOException {
		String state = " " + SYN_RECEIVED + " ";
		try (BufferedReader reader = open(table)) {
			return reader.lines()
				.filter((line) -> line.contains(state) && line.contains(this.port + " "))
				.map(Row::parse)
				.anyMatch((row) -> row.state().equals(SYN_RECEIVED) && row.localAddress().endsWith(this.port));
		}
	}

	private static BufferedReader open(Path table) throws IOException {
		BufferedReader reader = Files.newBufferedReader(table);
		reader.readLine();
		return reader;
	}

	/**
	 * A socket.
	 *
	 * @param localAddress the local address and port, in hexadecimal
	 * @param state the state, in hexadecimal
	 * @param receiveQueue for a listening socket, the number of connections waiting to be
	 * accepted
	 * @param inode the inode, which identifies the socket
	 */
	private record Row(String localAddress, String state, long receiveQueue, String inode) {

		/**
		 * Returns the address, which the kernel prints as numbers of 32 bits in the byte
		 * order of the machine.
		 */
		private InetAddress host() {
			String hex = this.localAddress.substring(0, this.localAddress.indexOf(':'));
			ByteBuffer bytes = ByteBuffer.allocate(hex.length() / 2).order(ByteOrder.nativeOrder());
			for (int start = 0; start < hex.length(); start += Integer.BYTES * 2) {
				bytes.putInt(Integer.parseUnsignedInt(hex, start, start + Integer.BYTES * 2, 16));
			}
			try {
				return InetAddress.getByAddress(bytes.array());
			}
			catch (UnknownHostException ex) {
				throw new IllegalStateException(ex);
			}
		}

		private int port() {
			return Integer.parseInt(this.localAddress.substring(this.localAddress.indexOf(':') + 1), 16);
		}

		private static Row parse(String line) {
			String[] fields = line.trim().split("\\s+");
			String receiveQueue = fields[4].substring(fields[4].indexOf(':') + 1);
			return new Row(fields[1], fields[3], Long.parseLong(receiveQueue, 16), fields[9]);
		}

	}

}
