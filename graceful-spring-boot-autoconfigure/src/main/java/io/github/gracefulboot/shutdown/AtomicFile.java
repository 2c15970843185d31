package io.github.gracefulboot.shutdown;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes files that are complete as soon as they are visible.
 */
public final class AtomicFile {

	private AtomicFile() {
	}

	/**
	 * Writes a file, or replaces it. It is written under another name first, as a new
	 * file: where others may write to the directory, one that is there may be theirs, or
	 * a link that leads elsewhere.
	 * @param file the file
	 * @param temporary its first name, in the same directory
	 * @param content what it is to hold
	 * @throws IOException if it cannot be written, of which nothing is left
	 */
	public static void write(Path file, Path temporary, String content) throws IOException {
		try {
			Files.deleteIfExists(temporary);
			Files.writeString(temporary, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
			Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			Files.deleteIfExists(temporary);
			throw ex;
		}
	}

}
