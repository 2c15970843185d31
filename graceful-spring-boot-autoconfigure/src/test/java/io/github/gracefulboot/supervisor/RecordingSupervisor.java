package io.github.gracefulboot.supervisor;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what it is told.
 */
class RecordingSupervisor implements Supervisor {

	private final List<String> told = new CopyOnWriteArrayList<>();

	private final String name;

	@Nullable Duration patience;

	@Nullable Duration watchdog;

	volatile boolean disconnected;

	RecordingSupervisor() {
		this("recorder");
	}

	RecordingSupervisor(String name) {
		this.name = name;
	}

	static List<Named<Supervisor>> named(Supervisor... supervisors) {
		return Arrays.stream(supervisors).map((supervisor) -> new Named<>("bean", supervisor)).toList();
	}

	List<String> told() {
		return this.told;
	}

	long count(String message) {
		return this.told.stream().filter(message::equals).count();
	}

	/**
	 * Waits until the supervisor is not told something any more.
	 * @param message the message
	 * @param quiet for how long
	 * @return how often it was told before
	 */
	long awaitNoMore(String message, Duration quiet) {
		long[] latest = { -1 };
		long[] since = new long[1];
		Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(() -> {
			if (count(message) != latest[0]) {
				latest[0] = count(message);
				since[0] = System.nanoTime();
			}
			return System.nanoTime() - since[0] > quiet.toNanos();
		});
		return latest[0];
	}

	/**
	 * Called with each message, in the place of somebody who may fail.
	 * @param message the message
	 * @throws IOException if it cannot be told
	 */
	void tell(String message) throws IOException {
		this.told.add(message);
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public void open() throws IOException {
		tell("open");
	}

	@Override
	public void listen(Consumer<String> stopRequests) throws IOException {
	}

	@Override
	public void readiness(boolean accepting) throws IOException {
		tell(accepting ? "accepting" : "refusing");
	}

	@Override
	public void ready() throws IOException {
		tell("ready");
	}

	@Override
	public void reloading() throws IOException {
		tell("reloading");
	}

	@Override
	public void stopping() throws IOException {
		tell("stopping");
	}

	@Override
	public void handedOver(long pid) throws IOException {
		tell("handed over to " + pid);
	}

	@Override
	public void status(String text) throws IOException {
		tell("status " + text);
	}

	@Override
	public Optional<Duration> patience() {
		return Optional.ofNullable(this.patience);
	}

	@Override
	public void extend() throws IOException {
		tell("extend");
	}

	@Override
	public Optional<Duration> watchdogTimeout() {
		return Optional.ofNullable(this.watchdog);
	}

	@Override
	public void disconnect() {
		this.disconnected = true;
	}

	@Override
	public void alive() throws IOException {
		tell("alive");
	}

}
