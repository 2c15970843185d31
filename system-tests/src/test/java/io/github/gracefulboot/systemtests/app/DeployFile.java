package io.github.gracefulboot.systemtests.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The files that the sample offers to deploy it with. Tests run them as they are.
 */
public final class DeployFile {

	private DeployFile() {
	}

	public static Path path(String name) {
		return Path.of(System.getProperty("graceful.system-tests.deploy"), name);
	}

	public static String read(String name) {
		try {
			return Files.readString(path(name));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
