package io.github.gracefulboot.systemtests.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.regex.Pattern;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.test.process.Command;

/**
 * The clock on the wall as one process sees it. Its monotonic clock goes on, as that of a
 * machine does whose clock is set.
 */
public final class SettableClock {

	private static final Pattern TIMESTAMP = Pattern.compile("(?m)^(\\d{4}-\\d{2}-\\d{2}T\\S+) ");

	private final Path file;

	private SettableClock(Path file) {
		this.file = file;
	}

	/**
	 * Creates one that is right.
	 */
	public static SettableClock create(Path directory) {
		SettableClock clock = new SettableClock(directory.resolve("clock").toAbsolutePath());
		clock.set("+0");
		return clock;
	}

	/**
	 * Describes the sample whose process sees this clock.
	 */
	public App on(App app) {
		String library = Command.succeed(List.of(Program.FAKETIME.path(), "-m", "-f", "+0", "printenv", "LD_PRELOAD"))
			.output();
		return app.withEnvironment("LD_PRELOAD", library)
			.withEnvironment("FAKETIME_TIMESTAMP_FILE", this.file.toString())
			.withEnvironment("FAKETIME_NO_CACHE", "1")
			.withEnvironment("FAKETIME_DONT_FAKE_MONOTONIC", "1")
			.withEnvironment("FAKETIME_FORCE_MONOTONIC_FIX", "0");
	}

	/**
	 * Sets it.
	 * @param offset from the right time, such as {@code -1h}
	 */
	public void set(String offset) {
		Path next = this.file.resolveSibling("clock-next");
		try {
			Files.writeString(next, offset);
			Files.move(next, this.file, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Tells how far the times of the first and of the last line of a log are apart.
	 */
	public static Duration difference(AppProcess process) {
		List<OffsetDateTime> times = TIMESTAMP.matcher(process.log())
			.results()
			.map((match) -> OffsetDateTime.parse(match.group(1)))
			.toList();
		return Duration.between(times.get(0), times.get(times.size() - 1)).abs();
	}

}
