package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.util.Locale;

/**
 * Where a test's logs and configuration files go, below {@code target/system-tests}.
 */
final class TestDirectory {

	private TestDirectory() {
	}

	/**
	 * Creates an empty directory: what an earlier run left there is deleted.
	 */
	static Path create(String name) {
		return io.github.gracefulboot.test.process.TestDirectory.create(name.toLowerCase(Locale.ROOT));
	}

}
