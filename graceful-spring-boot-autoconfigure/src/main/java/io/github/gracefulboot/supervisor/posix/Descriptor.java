package io.github.gracefulboot.supervisor.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A file descriptor that this process is said to have inherited. Whether it has is
 * checked before anything is written to it: in a process that inherited only the
 * environment that says so, the number belongs to some other file.
 *
 * @param number its number
 * @param source where the number comes from, such as {@code NODE_CHANNEL_FD}
 * @since 0.1.0
 */
public record Descriptor(int number, String source) {

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	/**
	 * Reads the number of a descriptor.
	 * @param source where the number comes from
	 * @param text the number as text
	 * @return the descriptor
	 * @throws IOException if it is no number of a descriptor
	 */
	public static Descriptor parse(String source, String text) throws IOException {
		try {
			int number = Integer.parseInt(text.strip());
			if (number >= 0) {
				return new Descriptor(number, source);
			}
		}
		catch (NumberFormatException ex) {
			// Neither is any other number
		}
		throw new IOException("%s=%s is no number of a file descriptor".formatted(source, text));
	}

	/**
	 * Returns the path that opens the descriptor's file once more.
	 * @return the path
	 */
	public Path path() {
		return DESCRIPTORS.resolve(String.valueOf(this.number));
	}

	/**
	 * Returns which file this is, such as {@code socket:[4711]}, {@code pipe:[12]} or a
	 * path. Equal for two descriptors of the same socket or pipe.
	 * @return the file
	 * @throws IOException if the descriptor is not open, or this is not Linux
	 */
	public String file() throws IOException {
		if (!Files.isDirectory(DESCRIPTORS)) {
			throw new IOException(
					"%s=%d can not be looked at without %s".formatted(this.source, this.number, DESCRIPTORS));
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
	 * Checks what kind of file this is.
	 * @param kind {@code socket} or {@code pipe}
	 * @throws IOException if it is something else
	 */
	public void require(String kind) throws IOException {
		String file = file();
		if (!file.startsWith(kind + ":")) {
			throw new IOException("%s=%d is %s, not a %s".formatted(this.source, this.number, file, kind));
		}
	}

}
