package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.http.FailureKind;
import io.github.gracefulboot.test.load.Failure;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Exit;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of rows of a real PostgreSQL when the process is told to stop.
 */
class DatabaseTests {

	private static final Path DIRECTORY = TestDirectory.create("database");

	private static final int STOPS = 4 * Integer.getInteger("graceful.system-tests.rounds", 5);

	/**
	 * A new one each time, so that the stops come at other moments. It is printed.
	 */
	private static final long SEED = System.nanoTime();

	private static final int FEWEST_ORDERS = 50;

	private static final int MOST_ORDERS = 1000;

	private static EmbeddedPostgres database;

	@BeforeAll
	static void startDatabase() throws IOException {
		database = EmbeddedPostgres.start();
	}

	@AfterAll
	static void stopDatabase() throws IOException {
		database.close();
	}

	@Test
	void whenStoppedAtAnyMomentThenEachAcknowledgedOrderIsThereAndNoOther() {
		Random random = new Random(SEED);
		List<Long> acknowledged = new ArrayList<>();
		for (int stop = 0; stop < STOPS; stop++) {
			long before = orders("load");
			try (AppProcess process = app(SampleJar.GRACEFUL).startReady();
					LoadClient keepAlive = LoadClient.start(load(true), process.port());
					LoadClient close = LoadClient.start(load(false), process.port())) {
				long wanted = random.nextInt(FEWEST_ORDERS, MOST_ORDERS);
				Awaitility.await("%d orders".formatted(wanted))
					.pollInterval(Duration.ofMillis(1))
					.until(() -> keepAlive.total() + close.total() >= wanted);
				Exit exit = process.stop("TERM");
				List<LoadReport> reports = List.of(keepAlive.stop(), close.stop());
				assertThat(reports).flatMap(LoadReport::failures)
					.as("of one instance without a balancer new connections are refused after the stop, and no more")
					.extracting(Failure::kind)
					.isSubsetOf(FailureKind.REFUSED, FailureKind.CONNECT_TIMEOUT);
				acknowledged.add(reports.stream().mapToLong(LoadReport::ok).sum());
				assertThat(exit.code()).as(process.log()).isZero();
			}
			assertThat(orders("load") - before).isEqualTo(acknowledged.get(stop));
		}
		System.out.printf(
				"DATABASE, %d stops under load (seed %d): orders acknowledged %s, each of them in the database%n",
				STOPS, SEED, acknowledged);
	}

	private static Load load(boolean keepAlive) {
		return Load.of("POST", "/orders", keepAlive, 8).withJson("{\"item\": \"load\", \"quantity\": 1}");
	}

	@Test
	void whenTransactionOutlivesItsRequestThenItIsCommittedBeforeTheExit() throws Exception {
		try (AppProcess process = app(SampleJar.GRACEFUL).startReady()) {
			startJob(process, "committed", Duration.ofMillis(1500));
			Exit exit = process.stop("TERM");
			System.out.printf("DATABASE, transaction of 1.5 s: exit code %d after %d ms, %d row%n", exit.code(),
					exit.took().toMillis(), orders("committed"));
			assertThat(exit.code()).isZero();
			assertThat(orders("committed")).isOne();
			assertThat(process.log()).contains("Job done").contains("Shutdown completed").doesNotContain("Cut off");
		}
	}

	@Test
	void whenTransactionNeverEndsThenItIsNamedAndTheExitIsInTime() throws Exception {
		try (AppProcess process = app(SampleJar.GRACEFUL, "--graceful.shutdown.timeout=4s",
				"--graceful.datasource.borrow-stacks=true")
			.startReady()) {
			startJob(process, "endless", Duration.ofMinutes(10));
			Exit exit = process.stop("TERM");
			System.out.printf("DATABASE, transaction without end, 4 s: exit code %d after %d ms, %d rows%n",
					exit.code(), exit.took().toMillis(), orders("endless"));
			assertThat(exit.code()).isOne();
			assertThat(exit.took()).isLessThan(Duration.ofSeconds(15));
			assertThat(orders("endless")).isZero();
			assertThat(process.log())
				.containsPattern("Cut off: transaction for \\d\\.\\d s on thread job-endless\\R"
						+ "(\tat .*\\R)*\tat .*JobController\\.work")
				.containsPattern("Still open: transaction(?s).*JobController\\.lambda\\$start")
				.containsPattern("Shutdown forced after .*, cut off: .*1 borrowed from dataSource; .*transaction for ");
		}
	}

	@Test
	void whenPlainBootStopsThenTheTransactionIsLost() throws Exception {
		try (AppProcess process = app(SampleJar.PLAIN_BOOT).startReady()) {
			startJob(process, "lost", Duration.ofMillis(1500));
			Exit exit = process.stop("TERM");
			System.out.printf("DATABASE, transaction of 1.5 s, plain Spring Boot: exit code %d after %d ms, %d rows%n",
					exit.code(), exit.took().toMillis(), orders("lost"));
			assertThat(orders("lost")).isZero();
		}
	}

	private static void startJob(AppProcess process, String item, Duration duration)
			throws IOException, InterruptedException {
		URI uri = URI
			.create("http://127.0.0.1:%d/jobs?item=%s&ms=%d".formatted(process.port(), item, duration.toMillis()));
		HttpResponse<Void> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.noBody()).build(),
					HttpResponse.BodyHandlers.discarding());
		assertThat(response.statusCode()).isEqualTo(202);
	}

	/**
	 * Counts the orders of an item. None were placed as long as there is no table.
	 */
	private static long orders(String item) {
		try (Connection connection = database.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("create table if not exists orders (id bigint generated always as identity primary key, "
					+ "item varchar(100) not null, quantity int not null)");
			ResultSet result = statement.executeQuery("select count(*) from orders where item = '%s'".formatted(item));
			result.next();
			return result.getLong(1);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Orders cannot be counted", ex);
		}
	}

	private static App app(SampleJar jar, String... args) {
		return App.of(jar, DIRECTORY, args)
			.withEnvironment("SPRING_DATASOURCE_URL", database.getJdbcUrl("postgres", "postgres"))
			.withEnvironment("SPRING_DATASOURCE_USERNAME", "postgres")
			.withEnvironment("SPRING_DATASOURCE_PASSWORD", "postgres")
			.withEnvironment("SPRING_SQL_INIT_MODE", "always");
	}

}
