package io.github.gracefulboot.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.load.RequestKind;
import io.github.gracefulboot.test.process.Await;
import io.github.gracefulboot.test.process.ChildProcess;
import io.github.gracefulboot.test.process.Exit;
import org.jspecify.annotations.Nullable;

/**
 * One instance of an application: a port of the loopback interface, and one process after
 * the other that listens on it.
 */
public final class Instance {

	private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

	private static final Duration DIES_WITHIN = Duration.ofSeconds(10);

	private static final int NOT_FOUND = 404;

	private static final String PROBE_MISSING = " It answers 404 to %s: add spring-boot-starter-actuator, or say what "
			+ "to ask with readiness(path) or readyWhenListening().";

	private static final String NOT_TAKEN_OVER = "Nobody took port %d over: has the application the starter? The end "
			+ "of its log, %s:%n%s";

	private static final int LAST_LINES = 30;

	private final Launch launch;

	private final int port;

	private final Path log;

	private final Path reports;

	private final Consumer<StopResult> stops;

	private @Nullable ChildProcess process;

	/**
	 * What asked its process to end, if anything did.
	 */
	private @Nullable Asked asked;

	/**
	 * What it was answered last when it was asked for readiness.
	 */
	private int lastStatus;

	Instance(Launch launch, int port, Path directory, Consumer<StopResult> stops) {
		this.launch = launch;
		this.port = port;
		this.log = directory.resolve("instance-%d.log".formatted(port));
		this.reports = directory.resolve("reports");
		this.stops = stops;
	}

	/**
	 * Returns where it listens.
	 * @return a port of the loopback interface
	 */
	public int getPort() {
		return this.port;
	}

	/**
	 * Returns the process id of its latest process.
	 * @return the process id
	 */
	public long getPid() {
		return process().pid();
	}

	/**
	 * Returns whether its process runs.
	 * @return whether it has been started and has not ended
	 */
	public boolean isRunning() {
		return this.process != null && this.process.isAlive();
	}

	/**
	 * Returns where the output of all of its processes goes.
	 * @return the file
	 */
	public Path getLog() {
		return this.log;
	}

	/**
	 * Returns the output of all of its processes so far.
	 * @return the content of the log file
	 */
	public String log() {
		try {
			return Files.exists(this.log) ? Files.readString(this.log) : "";
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Starts a process, and does not wait for it.
	 */
	public void start() {
		this.asked = null;
		this.process = launch();
	}

	private ChildProcess launch() {
		return ChildProcess.start(this.launch.commandLine(this.port),
				this.launch.environment(this.port, this.reports.toAbsolutePath()), this.log);
	}

	/**
	 * Waits until its process is ready, and kills it if it does not get ready in time. It
	 * is not asked once more after that: who asks twice is a load balancer, which the
	 * starter would wait for.
	 */
	public void awaitReady() {
		ChildProcess started = process();
		try {
			Await.until("readiness", this.launch.startTimeout, () -> !started.isAlive() || isReady());
			started.requireAlive("The process");
		}
		catch (IllegalStateException ex) {
			String what = started.isAlive() ? "was not ready within %s".formatted(this.launch.startTimeout)
					: "ended before it was ready";
			started.close();
			String advice = (this.lastStatus == NOT_FOUND) ? PROBE_MISSING.formatted(this.launch.readiness) : "";
			throw new IllegalStateException("%s on port %d %s.%s The end of its log, %s:%n%s".formatted(this.launch,
					this.port, what, advice, this.log, endOfLog()), ex);
		}
	}

	private boolean isReady() {
		if (this.launch.readiness == null) {
			return isListening();
		}
		try {
			this.lastStatus = HttpConnection.get(this.port, this.launch.readiness, PROBE_TIMEOUT).status();
			return this.lastStatus / 100 == 2;
		}
		catch (HttpFailureException ex) {
			return false;
		}
	}

	private boolean isListening() {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port),
					(int) PROBE_TIMEOUT.toMillis());
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private String endOfLog() {
		List<String> lines = log().lines().toList();
		return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
	}

	/**
	 * Sends its process a signal and does not wait for what comes of it.
	 * @param signal the signal
	 */
	public void send(Signal signal) {
		if (this.asked == null && signal.isEnd()) {
			this.asked = new Asked(signal, Instant.now(), System.nanoTime());
		}
		process().signal(signal.shortName());
	}

	/**
	 * Waits for the end of its process. If it has not ended after the fleet's kill
	 * timeout, it is killed.
	 * @return how it stopped, since it was first sent a signal that asks for its end
	 */
	public StopResult awaitEnd() {
		Asked first = Objects.requireNonNullElseGet(this.asked,
				() -> new Asked(null, Instant.now(), System.nanoTime()));
		return ended(process(), first);
	}

	/**
	 * Sends its process a signal and waits for its end, as {@link #send(Signal)} and
	 * {@link #awaitEnd()} do.
	 * @param signal the signal
	 * @return how it stopped
	 */
	public StopResult stop(Signal signal) {
		send(signal);
		return awaitEnd();
	}

	/**
	 * Starts another process, which takes the port over from the one that runs, and waits
	 * until that one has ended and the other one is ready.
	 * @return how the first one stopped
	 */
	StopResult replace() {
		ChildProcess old = process();
		Asked asked = new Asked(null, Instant.now(), System.nanoTime());
		ChildProcess successor = launch();
		this.process = successor;
		try {
			Await.until("the other process to take over", this.launch.startTimeout,
					() -> !old.isAlive() || !successor.isAlive());
			successor.requireAlive("The other process");
		}
		catch (IllegalStateException ex) {
			successor.close();
			this.process = old;
			throw new IllegalStateException(NOT_TAKEN_OVER.formatted(this.port, this.log, endOfLog()), ex);
		}
		StopResult stopped = ended(old, asked);
		awaitReady();
		return stopped;
	}

	private StopResult ended(ChildProcess stopping, Asked asked) {
		Optional<Exit> exit = stopping.exit(asked.since(), this.launch.killAfter);
		boolean killed = exit.isEmpty();
		if (killed) {
			stopping.signal(Signal.SIGKILL.shortName());
		}
		Exit ended = exit.orElseGet(() -> stopping.awaitExit(asked.since(), DIES_WITHIN));
		StopResult result = new StopResult("%d (pid %d)".formatted(this.port, stopping.pid()), asked.signal(),
				asked.at(), ended.took(), ended.code(), killed, StopReport.find(this.reports, stopping.pid()),
				this.log);
		this.stops.accept(result);
		return result;
	}

	/**
	 * Sends a GET past any load balancer, and does not wait for the response.
	 * @param path where to
	 * @return the request
	 */
	public PendingRequest get(String path) {
		return PendingRequest.send(this.port, RequestKind.withoutBody("GET", path));
	}

	/**
	 * Sends a POST past any load balancer, and does not wait for the response.
	 * @param path where to
	 * @param body its content
	 * @return the request
	 */
	public PendingRequest post(String path, Body body) {
		return PendingRequest.send(this.port, body.request("POST", path));
	}

	void close() {
		if (this.process != null) {
			this.process.close();
		}
	}

	private ChildProcess process() {
		return Objects.requireNonNull(this.process, "The instance has not been started");
	}

	@Override
	public String toString() {
		return "%s on port %d".formatted(this.launch, this.port);
	}

	/**
	 * What asks a process to end.
	 *
	 * @param signal the signal, or {@code null} if another process takes its port over
	 * @param at when that was
	 * @param since the same as {@link System#nanoTime()}
	 */
	private record Asked(@Nullable Signal signal, Instant at, long since) {

	}

}
