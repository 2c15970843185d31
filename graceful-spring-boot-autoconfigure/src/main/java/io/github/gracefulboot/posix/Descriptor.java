package io.github.gracefulboot.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file descriptor that this process is supposed to have inherited. It is checked before
 * anything is written to it: if only the environment was inherited, the number may belong
 * to an unrelated file.
 *
 * @param number the number of the descriptor
 * @param source the source of the number, such as {@code NODE_CHANNEL_FD}
 */
public record Descriptor(int number, String source) {

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	/**
	 * Parses the number of a descriptor.
	 * @param source the source of the number
	 * @param text the number as text
	 * @return the descriptor
	 * @throws IOException if the text is not the number of a descriptor
	 */
	public static Descriptor parse(String source, String text) throws IOException {
		try {
			int number = Integer.parseInt(text.strip());
			if (number >= 0) {
				return new Descriptor(number, source);
			}
		}
		catch (NumberFormatException ex) {
			// Treated like a negative number
		}
		throw new IOException("%s=%s is not the number of a file descriptor".formatted(source, text));
	}

	/**
	 * Returns the path with which the descriptor's file can be opened again.
	 * @return the path
	 */
	public Path path() {
		return DESCRIPTORS.resolve(String.valueOf(this.number));
	}

	/**
	 * Returns the name of the file, such as {@code socket:[4711]}, {@code pipe:[12]} or a
	 * path. Two descriptors of the same socket or pipe have the same name.
	 * @return the file
	 * @throws IOException if the descriptor is not open, or this is not Linux
	 */
	public String file() throws IOException {
		if (!Files.isDirectory(DESCRIPTORS)) {
			throw new IOException(
					"%s=%d cannot be checked without %s".formatted(this.source, this.number, DESCRIPTORS));
		}
		try {
			return Files.readSymbolicLink(path()).toString();
		}
		catch (NoSuchFileException ex) {
			throw new IOException("%s=%d is not open: a wrapper between the supervisor and this process closed it"
				.formatted(this.source, this.number), ex);
		}
	}

	/**
	 * Checks the kind of the file.
	 * @param kind {@code socket} or {@code pipe}
	 * @throws IOException if the file is of another kind
	 */
	public void require(String kind) throws IOException {
		String file = file();
		if (!file.startsWith(kind + ":")) {
			throw new IOException("%s=%d is %s, not a %s".formatted(this.source, this.number, file, kind));
		}
	}

}
