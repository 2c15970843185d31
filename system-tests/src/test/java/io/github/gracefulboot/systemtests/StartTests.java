package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.process.Exit;
import io.github.gracefulboot.test.process.FreePorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample is started before its database, a real PostgreSQL.
 */
class StartTests {

	private static final Path DIRECTORY = TestDirectory.create("start");

	private static final Duration START_TIMEOUT = Duration.ofSeconds(120);

	private static final Duration ROUND = Duration.ofMillis(20);

	private static final String WAITING = "Waiting for dataSource: Connection to 127.0.0.1:";

	private final int port = FreePorts.next();

	private final String url = "jdbc:postgresql://127.0.0.1:" + this.port + "/postgres";

	@Test
	void whenDatabaseComesUpLaterThenPortOpensOnlyAfterIt() throws Exception {
		CompletableFuture<EmbeddedPostgres> database = null;
		try (AppProcess process = app().start()) {
			awaitFirstAttempt(process);
			long waits = System.nanoTime();
			database = CompletableFuture.supplyAsync(this::startDatabase,
					CompletableFuture.delayedExecutor(5, TimeUnit.SECONDS));
			Map<Integer, Integer> answers = new HashMap<>();
			Awaitility.await("ready")
				.atMost(START_TIMEOUT)
				.pollDelay(Duration.ZERO)
				.pollInterval(ROUND)
				.until(() -> readiness(process, answers) == Readiness.READY);
			Duration waited = Duration.ofNanos(System.nanoTime() - waits);
			assertThat(database).isDone();
			Exit exit = process.stop("TERM");
			System.out.printf("START, database 5 s later: ready %d ms after the first attempt, answers to probes %s, "
					+ "exit code %d%n", waited.toMillis(), answers, exit.code());
			assertThat(waited).isGreaterThan(Duration.ofSeconds(5));
			assertThat(answers.get(Readiness.UNREACHABLE)).isGreaterThan(50);
			assertThat(exit.code()).isZero();
			assertThat(process.log()).containsPattern("dataSource became available after .* \\(\\d+ attempts\\)")
				.doesNotContain(" WARN ", " ERROR ", "\tat ");
		}
		finally {
			if (database != null) {
				database.join().close();
			}
		}
	}

	/**
	 * Asks for readiness: if anybody answers, then the database has to be there.
	 */
	private int readiness(AppProcess process, Map<Integer, Integer> answers) {
		int status = Readiness.of(process.port());
		answers.merge(status, 1, Integer::sum);
		if (status != Readiness.UNREACHABLE) {
			assertThat(isDatabaseThere()).as("the port is open, but the database is not there").isTrue();
		}
		return status;
	}

	private boolean isDatabaseThere() {
		try (Connection connection = DriverManager.getConnection(this.url, "postgres", "postgres")) {
			return connection.isValid(5);
		}
		catch (SQLException ex) {
			return false;
		}
	}

	private EmbeddedPostgres startDatabase() {
		try {
			return EmbeddedPostgres.builder().setPort(this.port).start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void whenDatabaseNeverComesUpThenEndsInTimeAndSaysWhy() {
		try (AppProcess process = app("--graceful.startup.timeout=4s").start()) {
			awaitFirstAttempt(process);
			Exit exit = process.awaitExit(System.nanoTime());
			System.out.printf("START, no database: exit code %d %d ms after the first attempt%n", exit.code(),
					exit.took().toMillis());
			assertThat(exit.code()).isEqualTo(1);
			assertThat(exit.took()).isLessThan(Duration.ofSeconds(14));
			assertThat(process.log()).contains("APPLICATION FAILED TO START")
				.containsPattern(
						"dataSource was still unavailable after 4\\.\\d+ s \\(\\d+ attempts\\): Connection to ")
				.contains("graceful.startup.check.exclude=dataSource")
				.doesNotContain("\tat ", "Tomcat started");
		}
	}

	@Test
	void whenToldToStopWhileItWaitsThenEndsAtOnce() {
		try (AppProcess process = app().start()) {
			awaitFirstAttempt(process);
			Exit exit = process.stop("TERM");
			System.out.printf("START, SIGTERM while there is no database: exit code %d after %d ms%n", exit.code(),
					exit.took().toMillis());
			assertThat(exit.code()).isEqualTo(143);
			assertThat(exit.took()).isLessThan(Duration.ofSeconds(10));
			assertThat(process.log()).contains("Shutdown requested while waiting for dataSource")
				.doesNotContain("\tat ");
		}
	}

	private void awaitFirstAttempt(AppProcess process) {
		Awaitility.await(WAITING)
			.atMost(START_TIMEOUT)
			.pollInterval(ROUND)
			.until(() -> process.log().contains(WAITING));
	}

	private App app(String... args) {
		return App.of(SampleJar.GRACEFUL, DIRECTORY, args)
			.withEnvironment("SPRING_DATASOURCE_URL", this.url)
			.withEnvironment("SPRING_DATASOURCE_USERNAME", "postgres")
			.withEnvironment("SPRING_DATASOURCE_PASSWORD", "postgres")
			.withEnvironment("SPRING_SQL_INIT_MODE", "always");
	}

}
