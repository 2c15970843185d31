package io.github.gracefulboot.supervisor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

import io.github.gracefulboot.shutdown.DaemonThreads;
import org.awaitility.Awaitility;
import org.h2.Driver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/**
 * Tests for {@link StarterActivity}.
 */
class StarterActivityTests {

	private static final Duration SOON = Duration.ofSeconds(60);

	private final CountDownLatch never = new CountDownLatch(1);

	private Thread starter;

	@AfterEach
	void endStarter() throws InterruptedException {
		this.starter.interrupt();
		this.starter.join(SOON.toMillis());
	}

	@Test
	void whenItSleepsOrWaitsThenItDoesNotWork() {
		is(false, start(() -> Thread.sleep(SOON.toMillis())));
		this.starter.interrupt();
		is(false, start(this.never::await));
		this.starter.interrupt();
		is(false, start(() -> Thread.currentThread().join()));
	}

	@Test
	void whenItComputesThenItWorks() {
		is(true, start(() -> {
			while (!Thread.currentThread().isInterrupted()) {
				Thread.onSpinWait();
			}
		}));
	}

	@Test
	void whenItWaitsForAnAnswerThenItWorks() throws IOException {
		try (ServerSocket server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
				Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
			is(true, start(() -> client.getInputStream().read()));
			client.close();
		}
	}

	@Test
	void whenAStatementSleepsInADatabaseInMemoryThenItWorks() {
		JdbcTemplate jdbc = new JdbcTemplate(new SimpleDriverDataSource(new Driver(), "jdbc:h2:mem:activity"));
		is(true, start(() -> jdbc.execute("CREATE ALIAS IF NOT EXISTS SLEEP FOR \"java.lang.Thread.sleep(long)\"; "
				+ "CALL SLEEP(%d)".formatted(SOON.toMillis()))));
	}

	@Test
	void whenOtherThreadsComputeForItThenItWorks() {
		is(true, start(() -> {
			// Several, for their share of a processor that others use too
			for (int i = 0; i < 4; i++) {
				DaemonThreads.start("computing", () -> {
					while (this.never.getCount() > 0) {
						Thread.onSpinWait();
					}
				});
			}
			try {
				Thread.currentThread().join();
			}
			finally {
				this.never.countDown();
			}
		}));
	}

	/**
	 * For several looks in a row, since other tests may have left work behind.
	 */
	private static void is(boolean expected, BooleanSupplier activity) {
		Awaitility.await()
			.atMost(SOON)
			.pollInterval(Duration.ofMillis(500))
			.during(Duration.ofSeconds(2))
			.until(() -> activity.getAsBoolean() == expected);
	}

	private BooleanSupplier start(Work work) {
		this.starter = new Thread(() -> {
			try {
				work.run();
			}
			catch (Exception ex) {
				// Ended by the test
			}
		});
		this.starter.start();
		return new StarterActivity(this.starter);
	}

	/**
	 * What a start does.
	 */
	@FunctionalInterface
	interface Work {

		void run() throws Exception;

	}

}
