package io.github.gracefulboot.systemtests.app;

import java.time.Duration;
import java.util.concurrent.Callable;

import io.github.gracefulboot.test.process.ChildProcess;
import io.github.gracefulboot.test.process.Exit;
import org.awaitility.Awaitility;

/**
 * A running sample.
 */
public final class AppProcess implements AutoCloseable {

	/**
	 * Longer than any stop may take.
	 */
	private static final Duration STOP_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

	private final App app;

	private final ChildProcess process;

	AppProcess(App app, ChildProcess process) {
		this.app = app;
		this.process = process;
	}

	public int port() {
		return this.app.port();
	}

	public long pid() {
		return this.process.pid();
	}

	/**
	 * The name that the sample gives itself in its responses.
	 */
	public String instance() {
		return port() + "-" + pid();
	}

	public String log() {
		return this.process.log();
	}

	public void awaitReady() {
		awaitReadiness(Readiness.READY);
	}

	/**
	 * Waits until the port answers, but says that it is not ready.
	 */
	public void awaitNotReady() {
		awaitReadiness(Readiness.NOT_READY);
	}

	/**
	 * Waits until it no longer says that it is ready, or nobody listens.
	 */
	public void awaitLeaving() {
		Awaitility.await("%s leaves".formatted(this.app)).until(() -> Readiness.of(port()) != Readiness.READY);
	}

	private void awaitReadiness(int status) {
		awaitStarted("readiness %d".formatted(status), () -> Readiness.of(port()) == status);
	}

	/**
	 * Waits for a sign that it has started, of an instance that has no web server.
	 */
	public void awaitStarted(String sign, Callable<Boolean> condition) {
		Awaitility.await("%s of %s".formatted(sign, this.app))
			.atMost(START_TIMEOUT)
			.failFast("%s ended early".formatted(this.app), () -> !this.process.isAlive())
			.until(condition);
	}

	public void awaitLog(String text) {
		Awaitility.await("'%s' in the log of %s".formatted(text, this.app)).until(() -> log().contains(text));
	}

	public void awaitLog(String text, int times) {
		Awaitility.await("'%s' %d times in the log of %s".formatted(text, times, this.app))
			.until(() -> log().lines().filter((line) -> line.contains(text)).count() == times);
	}

	public void signal(String name) {
		this.process.signal(name);
	}

	public Exit stop(String signal) {
		return this.process.stop(signal, STOP_TIMEOUT);
	}

	public Exit awaitExit(long since) {
		return this.process.awaitExit(since, STOP_TIMEOUT);
	}

	@Override
	public void close() {
		this.process.close();
	}

}
