package io.github.gracefulboot.supervisor.systemd;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.posix.NotifySocket;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Notifies systemd, or any other supervisor that listens on {@code NOTIFY_SOCKET}, of the
 * start and the shutdown.
 *
 * @see <a href=
 * "https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html">sd_notify(3)</a>
 */
final class SystemdSupervisor implements Supervisor, AopInfrastructureBean {

	/**
	 * Requested twice a second, which leaves a margin for a busy machine.
	 */
	private static final Duration EXTENSION = Duration.ofSeconds(5);

	private final String socketName;

	private final Duration patience;

	private final @Nullable Duration watchdog;

	private volatile @Nullable NotifySocket socket;

	/**
	 * Creates the supervisor.
	 * @param socketName the name of systemd's socket
	 * @param patience how long a start or shutdown without progress is extended
	 * @param watchdog the timeout of systemd's watchdog, or {@code null} if it is not
	 * enabled
	 */
	SystemdSupervisor(String socketName, Duration patience, @Nullable Duration watchdog) {
		this.socketName = socketName;
		this.patience = patience;
		this.watchdog = watchdog;
	}

	@Override
	public String name() {
		return "systemd";
	}

	@Override
	public void open() throws IOException {
		try {
			this.socket = connect(this.socketName);
		}
		catch (LinkageError | RuntimeException ex) {
			throw new IOException(
					"JNA is missing or cannot load native code (%s): add net.java.dev.jna:jna".formatted(ex), ex);
		}
	}

	private static NotifySocket connect(String name) throws IOException {
		NotifySocket socket = new NotifySocket(name);
		try {
			socket.send("STATUS=Starting");
			return socket;
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	private void send(String assignments) throws IOException {
		NotifySocket socket = this.socket;
		if (socket != null) {
			socket.send(assignments);
		}
	}

	@Override
	public void ready() throws IOException {
		send("READY=1");
	}

	@Override
	public void reloading() throws IOException {
		// On Linux this is CLOCK_MONOTONIC, as systemd requires
		long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
		send("RELOADING=1\nMONOTONIC_USEC=" + micros);
	}

	@Override
	public void stopping() throws IOException {
		send("STOPPING=1");
	}

	/**
	 * In one message: from then on systemd takes none from this process.
	 */
	@Override
	public void handedOver(long pid) throws IOException {
		send("MAINPID=" + pid + "\nREADY=1\nSTATUS=Ready");
	}

	@Override
	public void status(String text) throws IOException {
		send("STATUS=" + text.replaceAll("\\R", " "));
	}

	@Override
	public Optional<Duration> patience() {
		return Optional.of(this.patience);
	}

	@Override
	public void extend() throws IOException {
		send("EXTEND_TIMEOUT_USEC=" + TimeUnit.MILLISECONDS.toMicros(EXTENSION.toMillis()));
	}

	@Override
	public Optional<Duration> watchdogTimeout() {
		return Optional.ofNullable(this.watchdog);
	}

	@Override
	public void alive() throws IOException {
		send("WATCHDOG=1");
	}

	@Override
	public void disconnect() {
		NotifySocket socket = this.socket;
		if (socket != null) {
			this.socket = null;
			socket.close();
		}
	}

}
