package io.github.gracefulboot.posix;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * What this process has open.
 */
public final class OpenDescriptors {

	private OpenDescriptors() {
	}

	/**
	 * Returns the open files of a kind.
	 * @param kind how their names begin, such as {@code socket:}, or a path
	 * @return the names, each with its number
	 * @throws IOException if they cannot be looked at
	 */
	public static Set<String> of(String kind) throws IOException {
		Set<String> result = new TreeSet<>();
		try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
			for (Path link : links) {
				String target = target(link);
				if (target.startsWith(kind)) {
					result.add(link.getFileName() + " " + target);
				}
			}
		}
		return result;
	}

	/**
	 * Returns the number of a file that is open once.
	 * @param file the file
	 * @return its descriptor
	 * @throws IOException if it cannot be looked at
	 */
	public static int numberOf(Path file) throws IOException {
		return Integer.parseInt(of(file.toRealPath().toString()).iterator().next().split(" ")[0]);
	}

	private static String target(Path link) {
		try {
			return Files.readSymbolicLink(link).toString();
		}
		catch (IOException ex) {
			return "";
		}
	}

}
