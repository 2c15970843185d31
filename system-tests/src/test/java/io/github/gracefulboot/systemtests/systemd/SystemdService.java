package io.github.gracefulboot.systemtests.systemd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import io.github.gracefulboot.test.process.Command;
import org.awaitility.Awaitility;

/**
 * A service of a {@link Systemd}.
 */
public class SystemdService implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(90);

	private final Systemd systemd;

	private final String unit;

	private final Path log;

	/**
	 * Creates a service.
	 * @param systemd whose it is
	 * @param unit its name
	 * @param log where the unit lets its output go
	 */
	public SystemdService(Systemd systemd, String unit, Path log) {
		this.systemd = systemd;
		this.unit = unit;
		this.log = log;
	}

	/**
	 * Starts it and waits until systemd says that it is active, or has failed.
	 * @return what systemctl did
	 */
	public Command start() {
		return this.systemd.systemctl("start", this.unit);
	}

	/**
	 * Starts it and does not wait.
	 */
	public void beginStart() {
		this.systemd.require("start", "--no-block", this.unit);
	}

	/**
	 * Stops it and waits until it is.
	 */
	public Command stop() {
		return this.systemd.require("stop", this.unit);
	}

	/**
	 * Stops it and does not wait.
	 */
	public void beginStop() {
		this.systemd.require("stop", "--no-block", this.unit);
	}

	/**
	 * Restarts it and waits until it is active again.
	 */
	public Command restart() {
		return this.systemd.require("restart", this.unit);
	}

	/**
	 * Reloads it, and waits until its main process is another one.
	 */
	public void replace() {
		String pid = show("MainPID");
		beginReload();
		Awaitility.await("another main process of " + this.unit)
			.atMost(TIMEOUT)
			.until(() -> !show("MainPID").equals(pid) && activeState().equals("active"));
	}

	/**
	 * Tells its main process to reload.
	 */
	public void beginReload() {
		this.systemd.require("reload", this.unit);
	}

	/**
	 * Kills its main process.
	 */
	public void kill() {
		this.systemd.require("kill", "--kill-who=main", "--signal=KILL", this.unit);
	}

	public String show(String property) {
		return this.systemd.show(this.unit, property);
	}

	public String activeState() {
		return show("ActiveState");
	}

	/**
	 * Waits until systemd says so.
	 */
	public void await(String property, String value) {
		Awaitility.await("%s=%s of %s".formatted(property, value, this.unit))
			.atMost(TIMEOUT)
			.until(() -> show(property).equals(value));
	}

	/**
	 * How it ended, such as {@code success, exit code 0}.
	 */
	public String end() {
		return "%s, %s".formatted(show("Result"), describeExit());
	}

	private String describeExit() {
		String kind = show("ExecMainCode").equals("1") ? "exit code" : "signal";
		return kind + " " + show("ExecMainStatus");
	}

	public String log() {
		try {
			return Files.exists(this.log) ? Files.readString(this.log) : "";
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public void awaitLog(String text) {
		Awaitility.await("'%s' in %s".formatted(text, this.log)).atMost(TIMEOUT).until(() -> log().contains(text));
	}

	/**
	 * Kills what is left of it and forgets how it ended.
	 */
	@Override
	public void close() {
		if (!activeState().equals("inactive")) {
			this.systemd.systemctl("stop", "--no-block", this.unit);
			this.systemd.systemctl("kill", "--signal=KILL", this.unit);
			this.systemd.require("stop", this.unit);
			this.systemd.systemctl("reset-failed", this.unit);
		}
	}

}
