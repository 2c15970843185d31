package io.github.gracefulboot.test.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.opentest4j.TestAbortedException;

/**
 * A program that tests need. A test whose program is not installed is skipped, or fails
 * if {@code graceful.test.programs} is {@code required}.
 */
public final class Program {

	private static final List<String> BESIDE_THE_PATH = List.of("/usr/sbin", "/usr/local/sbin", "/usr/lib/systemd");

	private final String name;

	private final String advice;

	private final List<String> directories;

	/**
	 * Names a program.
	 * @param name what its file is called
	 * @param advice what to do if it is not installed
	 * @param directories where it is looked for, if not on the path
	 */
	public Program(String name, String advice, String... directories) {
		this.name = name;
		this.advice = advice;
		this.directories = List.of(directories);
	}

	public String path() {
		return find().map(Path::toString)
			.orElseGet(() -> unusable("%s is not installed: %s".formatted(this.name, this.advice)));
	}

	private Optional<Path> find() {
		return (this.directories.isEmpty() ? systemDirectories() : this.directories.stream())
			.map((directory) -> Path.of(directory, this.name).toAbsolutePath())
			.filter(Files::isExecutable)
			.findFirst();
	}

	private static Stream<String> systemDirectories() {
		Stream<String> path = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
		return Stream.concat(path, BESIDE_THE_PATH.stream());
	}

	/**
	 * Skips or fails a test that cannot be run here.
	 * @param message what is missing, and what to do
	 * @param <T> what the caller needs
	 * @return never
	 */
	public static <T> T unusable(String message) {
		if ("required".equals(System.getProperty("graceful.test.programs"))) {
			throw new AssertionError(message);
		}
		throw new TestAbortedException(message);
	}

}
