package io.github.gracefulboot.systemtests.http2;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.gracefulboot.systemtests.process.Program;
import io.github.gracefulboot.test.process.ChildProcess;
import org.awaitility.Awaitility;

/**
 * A running {@link Http2Load}.
 */
public final class Http2LoadProcess implements AutoCloseable {

	/**
	 * Longer than its last requests may take.
	 */
	private static final Duration END_TIMEOUT = Duration.ofSeconds(60);

	private static final Pattern TOTAL = Pattern.compile(" total=(\\d+)");

	private static final Pattern ENDED = Pattern.compile("ended: total=(\\d+) http2=(\\d+) failed=(\\d+)");

	private static final int STEADY_REQUESTS = 100;

	private final ChildProcess process;

	private Http2LoadProcess(ChildProcess process) {
		this.process = process;
	}

	/**
	 * Starts it, and returns when it runs.
	 */
	public static Http2LoadProcess start(String uri, Path directory) {
		Http2LoadProcess load = new Http2LoadProcess(
				ChildProcess.start(
						List.of(Program.JDK_25.path(), "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp",
								classPath().toString(), Http2Load.class.getName(), uri),
						directory.resolve("load.log")));
		load.awaitMore();
		return load;
	}

	private static Path classPath() {
		return Path.of(URI.create(Http2Load.class.getProtectionDomain().getCodeSource().getLocation().toString()));
	}

	private void awaitMore() {
		long wanted = total() + STEADY_REQUESTS;
		Awaitility.await("%d more requests".formatted(STEADY_REQUESTS)).until(() -> total() >= wanted);
	}

	private long total() {
		Matcher matcher = TOTAL.matcher(this.process.log());
		long total = 0;
		while (matcher.find()) {
			total = Long.parseLong(matcher.group(1));
		}
		return total;
	}

	/**
	 * Ends it after some more requests.
	 */
	public Http2Report stop() {
		awaitMore();
		this.process.endInput();
		this.process.awaitExit(System.nanoTime(), END_TIMEOUT);
		Matcher matcher = ENDED.matcher(this.process.log());
		if (!matcher.find()) {
			throw new IllegalStateException("The load did not say how it ended: " + this.process.log());
		}
		List<String> failures = this.process.log().lines().filter((line) -> line.contains("failed: ")).toList();
		return new Http2Report(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)),
				Long.parseLong(matcher.group(3)), failures);
	}

	@Override
	public void close() {
		this.process.close();
	}

}
