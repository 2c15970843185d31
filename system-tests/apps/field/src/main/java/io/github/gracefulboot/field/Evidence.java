package io.github.gracefulboot.field;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the work of this process has come to, in a file that outlives it: no log that may
 * be shut down, no connection that may be closed.
 */
final class Evidence {

	private static final Path FILE = Path.of(System.getProperty("field.evidence", "target/evidence"));

	private Evidence() {
	}

	static void write(String line) {
		try {
			Files.writeString(FILE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Work that takes as long as it is told to, and leaves evidence of its beginning and
	 * its end.
	 */
	static void work(long millis) {
		write("begun");
		try {
			Thread.sleep(millis);
			write("done");
		}
		catch (InterruptedException ex) {
			write("interrupted");
			Thread.currentThread().interrupt();
		}
	}

}
