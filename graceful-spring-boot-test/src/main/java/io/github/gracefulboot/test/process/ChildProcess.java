package io.github.gracefulboot.test.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A program that runs in the foreground, ended by nothing but its own process id. If this
 * JVM ends first, however it ends, so does the program.
 */
public final class ChildProcess implements AutoCloseable {

	private static final Duration LAST_RESORT = Duration.ofSeconds(5);

	private final Process process;

	private final Path log;

	private final CompletableFuture<Long> exited;

	private ChildProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
		this.exited = process.onExit().thenApply((ended) -> {
			Reaper.forget(ended.pid());
			return System.nanoTime();
		});
	}

	/**
	 * Starts a program whose output is added to the log file.
	 * @param command the command line
	 * @param log file that its output is added to
	 * @return the running program
	 */
	public static ChildProcess start(List<String> command, Path log) {
		return start(command, Map.of(), log);
	}

	/**
	 * Starts a program with more environment variables than the tests have.
	 * @param command the command line
	 * @param environment variables that are added to it
	 * @param log file that its output is added to
	 * @return the running program
	 */
	public static ChildProcess start(List<String> command, Map<String, String> environment, Path log) {
		try {
			Files.createDirectories(log.getParent());
			ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
			builder.environment().putAll(environment);
			Process process = builder.start();
			Reaper.watch(process.pid());
			return new ChildProcess(process, log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public long pid() {
		return this.process.pid();
	}

	/**
	 * The programs that it has started itself.
	 * @return their handles
	 */
	public Stream<ProcessHandle> children() {
		return this.process.children();
	}

	/**
	 * Ends the input that the program reads.
	 */
	public void endInput() {
		try {
			this.process.getOutputStream().close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public boolean isAlive() {
		return this.process.isAlive();
	}

	/**
	 * Makes sure that the program still runs.
	 * @param name what it is called
	 * @return true
	 * @throws IllegalStateException if it has ended
	 */
	public boolean requireAlive(String name) {
		if (!isAlive()) {
			throw new IllegalStateException(
					"%s ended early, with exit code %d: %s".formatted(name, this.process.exitValue(), log()));
		}
		return true;
	}

	public String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Sends a real signal, such as TERM.
	 * @param name such as {@code TERM}
	 */
	public void signal(String name) {
		try {
			int exitCode = new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start().waitFor();
			if (exitCode != 0) {
				throw new IllegalStateException("SIG%s did not reach process %d".formatted(name, pid()));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while sending a signal", ex);
		}
	}

	/**
	 * Sends a signal and waits for the exit.
	 * @param signal such as {@code TERM}
	 * @param timeout how long to wait at most
	 * @return how it ended
	 */
	public Exit stop(String signal, Duration timeout) {
		long signalled = System.nanoTime();
		signal(signal);
		return awaitExit(signalled, timeout);
	}

	/**
	 * Waits for the exit.
	 * @param since the {@link System#nanoTime()} that the exit is measured from
	 * @param timeout how long at most
	 * @return how it ended
	 */
	public Exit awaitExit(long since, Duration timeout) {
		return exit(since, timeout).orElseThrow(() -> new IllegalStateException(
				"Process %d did not exit within %s, see %s".formatted(pid(), timeout, this.log)));
	}

	/**
	 * Waits for the exit, which may not come.
	 * @param since the {@link System#nanoTime()} that the exit is measured from
	 * @param timeout how long at most
	 * @return how it ended, empty if it did not end in time
	 */
	public Optional<Exit> exit(long since, Duration timeout) {
		try {
			long ended = this.exited.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
			return Optional.of(new Exit(this.process.exitValue(), Duration.ofNanos(ended - since)));
		}
		catch (TimeoutException ex) {
			return Optional.empty();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("The exit of process %d cannot be awaited".formatted(pid()), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for an exit", ex);
		}
	}

	/**
	 * Kills the program, if it still runs, and those that it has started.
	 */
	@Override
	public void close() {
		List<ProcessHandle> descendants = this.process.descendants().toList();
		this.process.destroyForcibly();
		descendants.forEach(ProcessHandle::destroyForcibly);
		awaitExit(System.nanoTime(), LAST_RESORT);
	}

}
