package io.github.gracefulboot.benchmarks.sleep;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.gracefulboot.benchmarks.app.ServerProcess;

/**
 * How an instance is stopped: by SIGTERM with the starter, or as a script does it with
 * plain Spring Boot, which makes readiness fail, sleeps, and then sends SIGTERM.
 *
 * @param sleep how long it sleeps, or {@code null} with the starter
 */
record Policy(Duration sleep) {

	static final Policy STARTER = new Policy(null);

	private static final Duration LONGEST = Duration.ofSeconds(60);

	static Policy sleep(int seconds) {
		return new Policy(Duration.ofSeconds(seconds));
	}

	boolean hasStarter() {
		return this.sleep == null;
	}

	/**
	 * Stops an instance.
	 * @param process the instance
	 * @return how long it took, with the sleep
	 * @throws IOException if readiness cannot be changed
	 * @throws InterruptedException if the wait is interrupted
	 */
	Duration stop(ServerProcess process) throws IOException, InterruptedException {
		long begin = System.nanoTime();
		if (this.sleep != null) {
			refuse(process.port());
			TimeUnit.MILLISECONDS.sleep(this.sleep.toMillis());
		}
		process.terminate();
		try {
			return process.process()
				.onExit()
				.thenApply((ended) -> Duration.ofNanos(System.nanoTime() - begin))
				.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new IllegalStateException("The application did not exit", ex);
		}
	}

	private static void refuse(int port) throws IOException {
		HttpURLConnection connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + "/refuse")
			.toURL()
			.openConnection();
		connection.setRequestMethod("POST");
		connection.setRequestProperty("Connection", "close");
		if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
			throw new IOException("Readiness was not changed: " + connection.getResponseCode());
		}
	}

	@Override
	public String toString() {
		return hasStarter() ? "the starter" : "sleep of %d s".formatted(this.sleep.toSeconds());
	}

}
