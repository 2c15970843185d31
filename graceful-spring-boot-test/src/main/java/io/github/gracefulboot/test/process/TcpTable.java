package io.github.gracefulboot.test.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The kernel's view of TCP connections, {@code /proc/net/tcp} and {@code tcp6}
 * (proc_net_tcp in the kernel's documentation): of each, addresses, state, queues and
 * inode.
 */
public final class TcpTable {

	private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

	private static final int LOCAL = 1;

	private static final int REMOTE = 2;

	private static final int QUEUES = 4;

	private static final int INODE = 9;

	private static final String NOT_ACCEPTED = "0";

	private TcpTable() {
	}

	/**
	 * Says whether this system has such tables.
	 * @return whether it is Linux
	 */
	public static boolean isAvailable() {
		return TABLES.stream().anyMatch(Files::isReadable);
	}

	/**
	 * Says whether a server has accepted a connection of this machine and read all that
	 * was sent to it.
	 * @param server port of the server
	 * @param client port of the client
	 * @return whether nothing is left to read
	 */
	public static boolean hasRead(int server, int client) {
		return TABLES.stream()
			.flatMap(TcpTable::lines)
			.map((line) -> line.trim().split("\\s+"))
			.filter((fields) -> fields.length > INODE)
			.filter((fields) -> hasPort(fields[LOCAL], server) && hasPort(fields[REMOTE], client))
			.anyMatch((fields) -> fields[QUEUES].endsWith(":00000000") && !fields[INODE].equals(NOT_ACCEPTED));
	}

	private static boolean hasPort(String address, int port) {
		return address.endsWith(String.format(Locale.ROOT, ":%04X", port));
	}

	private static Stream<String> lines(Path table) {
		try {
			return Files.readAllLines(table).stream();
		}
		catch (IOException ex) {
			return Stream.empty();
		}
	}

}
