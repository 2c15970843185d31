package io.github.gracefulboot.web.listener;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * This process's listening TCP sockets of a port, as Linux's {@code /proc} shows them.
 *
 * @see <a href="https://docs.kernel.org/networking/proc_net_tcp.html">The proc/net/tcp
 * and proc/net/tcp6 variables</a>
 */
final class ListeningSocket {

	private static final String LISTEN = "0A";

	private static final String SYN_RECEIVED = "03";

	private static final List<Path> TABLES = List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	private final int port;

	ListeningSocket(int port) {
		this.port = port;
	}

	/**
	 * Returns the descriptors of the port's listening sockets.
	 * @return the file descriptor numbers, empty if this process does not listen
	 * @throws IOException if the kernel's tables can not be read
	 */
	Set<Integer> descriptors() throws IOException {
		List<String> targets = rows().stream()
			.filter((row) -> row.state().equals(LISTEN))
			.map((row) -> "socket:[" + row.inode() + "]")
			.toList();
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

	private static String target(Path link) {
		try {
			return Files.readSymbolicLink(link).toString();
		}
		catch (IOException ex) {
			return "";
		}
	}

	/**
	 * Returns whether connections wait to be accepted or are in their handshake.
	 * @return whether something would be lost if the socket were closed now
	 * @throws IOException if the kernel's tables can not be read
	 */
	boolean hasPendingConnections() throws IOException {
		return rows().stream()
			.anyMatch((row) -> row.state().equals(SYN_RECEIVED)
					|| (row.state().equals(LISTEN) && row.receiveQueue() > 0));
	}

	private List<Row> rows() throws IOException {
		List<Row> rows = new ArrayList<>();
		for (Path table : TABLES) {
			if (Files.exists(table)) {
				Files.readAllLines(table)
					.stream()
					.skip(1)
					.map(Row::parse)
					.filter((row) -> row.port() == this.port)
					.forEach(rows::add);
			}
		}
		return rows;
	}

	/**
	 * A socket.
	 *
	 * @param port the local port
	 * @param state the state, in hexadecimal
	 * @param receiveQueue for a listening socket, how many connections wait to be
	 * accepted
	 * @param inode identifies the socket
	 */
	private record Row(int port, String state, long receiveQueue, String inode) {

		private static Row parse(String line) {
			String[] fields = line.trim().split("\\s+");
			String port = fields[1].substring(fields[1].indexOf(':') + 1);
			String receiveQueue = fields[4].substring(fields[4].indexOf(':') + 1);
			return new Row(Integer.parseInt(port, 16), fields[3], Long.parseLong(receiveQueue, 16), fields[9]);
		}

	}

}
