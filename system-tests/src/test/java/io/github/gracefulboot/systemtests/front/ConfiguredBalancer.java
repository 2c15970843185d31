package io.github.gracefulboot.systemtests.front;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.process.Await;
import io.github.gracefulboot.test.process.ChildProcess;

/**
 * A load balancer that reads a file and says nowhere which instances it uses. The
 * applications say in their responses who they are.
 */
final class ConfiguredBalancer implements RunningBalancer {

	private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(5);

	private final int port;

	private final ChildProcess process;

	ConfiguredBalancer(int port, List<String> command, Path file, String configuration) {
		this.port = port;
		try {
			Files.writeString(file, configuration);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.process = ChildProcess.start(command, file.resolveSibling(file.getFileName() + ".log"));
	}

	@Override
	public int port() {
		return this.port;
	}

	@Override
	public void awaitUp(int instance) {
		Await.until("requests to reach port %d".formatted(instance), UP_TIMEOUT,
				() -> this.process.requireAlive("The balancer") && isReached(instance));
	}

	private boolean isReached(int instance) {
		try {
			return HttpConnection.get(this.port, "/fast", RESPONSE_TIMEOUT)
				.header("X-Instance")
				.startsWith(instance + "-");
		}
		catch (HttpFailureException ex) {
			return false;
		}
	}

	@Override
	public void close() {
		this.process.close();
	}

}
