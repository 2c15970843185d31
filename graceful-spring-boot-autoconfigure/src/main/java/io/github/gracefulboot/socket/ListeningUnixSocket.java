package io.github.gracefulboot.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A listening Unix domain socket, according to Linux's {@code /proc/net/unix}.
 */
final class ListeningUnixSocket {

	private static final Path TABLE = Path.of("/proc/net/unix");

	private static final int STATE = 5;

	/**
	 * The state of a connection that has not been accepted yet.
	 */
	private static final String PENDING = "02";

	private final String path;

	ListeningUnixSocket(Path path) {
		this.path = path.toString();
	}

	/**
	 * Returns whether connections are waiting to be accepted.
	 * @return whether there are any
	 * @throws IOException if the table cannot be read
	 */
	boolean hasPendingConnections() throws IOException {
		try (Stream<String> rows = Files.lines(TABLE, StandardCharsets.ISO_8859_1)) {
			return rows.filter((row) -> row.endsWith(" " + this.path))
				.anyMatch((row) -> row.split(" +")[STATE].equals(PENDING));
		}
	}

}
