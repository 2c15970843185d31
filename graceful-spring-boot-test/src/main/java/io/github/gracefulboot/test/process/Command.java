package io.github.gracefulboot.test.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A program that is run to its end for what it says.
 *
 * @param line the command line
 * @param exitCode its exit code
 * @param output all that it said
 * @param took how long it took
 */
public record Command(List<String> line, int exitCode, String output, Duration took) {

	private static final Duration TIMEOUT = Duration.ofSeconds(120);

	/**
	 * Runs a program that may fail.
	 */
	public static Command run(List<String> line) {
		try {
			long started = System.nanoTime();
			Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
			process.getOutputStream().close();
			Thread guard = killAfterTimeout(process);
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			int exitCode = process.waitFor();
			guard.interrupt();
			return new Command(line, exitCode, output.strip(), Duration.ofNanos(System.nanoTime() - started));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while %s runs".formatted(line), ex);
		}
	}

	/**
	 * Runs a program that has to succeed.
	 */
	public static Command succeed(List<String> line) {
		Command command = run(line);
		if (command.exitCode() != 0) {
			throw new IllegalStateException(
					"%s exited with %d: %s".formatted(line, command.exitCode(), command.output()));
		}
		return command;
	}

	/**
	 * Ends a program that never would, since its output is read to the end.
	 */
	private static Thread killAfterTimeout(Process process) {
		Thread thread = new Thread(() -> {
			try {
				if (!process.waitFor(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
					process.destroyForcibly();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

}
