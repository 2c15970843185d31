package io.github.gracefulboot.systemtests;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Where a test's logs and configuration files go, below {@code target/system-tests}.
 */
final class TestDirectory {

	private static final Path ROOT = Path
		.of(System.getProperty("graceful.system-tests.directory", "target/system-tests"));

	private TestDirectory() {
	}

	/**
	 * Creates an empty directory: what an earlier run left there is deleted.
	 */
	static Path create(String name) {
		Path directory = ROOT.resolve(name.toLowerCase());
		try {
			if (Files.exists(directory)) {
				try (Stream<Path> files = Files.walk(directory)) {
					files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
				}
			}
			return Files.createDirectories(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
