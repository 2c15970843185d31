package io.github.gracefulboot.test.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.springframework.util.FileSystemUtils;

/**
 * Where logs, configurations and reports of tests go: below
 * {@code graceful.test.directory}, or {@code graceful-test} in the directory that the
 * build of the current directory writes to.
 */
public final class TestDirectory {

	private TestDirectory() {
	}

	/**
	 * Creates an empty directory: what an earlier run left there is deleted.
	 * @param name its name
	 * @return the directory
	 */
	public static Path create(String name) {
		Path directory = root().resolve(name).toAbsolutePath();
		try {
			FileSystemUtils.deleteRecursively(directory);
			return Files.createDirectories(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path root() {
		String configured = System.getProperty("graceful.test.directory");
		if (configured != null) {
			return Path.of(configured);
		}
		boolean gradle = Stream.of("build.gradle", "build.gradle.kts").anyMatch((file) -> Files.exists(Path.of(file)));
		return Path.of(gradle ? "build" : "target", "graceful-test");
	}

}
