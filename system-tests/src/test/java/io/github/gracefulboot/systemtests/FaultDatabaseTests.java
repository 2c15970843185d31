package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Command;
import io.github.gracefulboot.test.process.Exit;
import io.github.gracefulboot.test.process.FreePorts;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A real PostgreSQL that is gone or stands still when the process is told to stop, while
 * orders are placed. None that was acknowledged may be missing.
 */
class FaultDatabaseTests {

	private static final Path DIRECTORY = TestDirectory.create("fault-database");

	private static final Load ORDERS = Load.of("POST", "/orders", true, 8)
		.withJson("{\"item\": \"load\", \"quantity\": 1}");

	private static final int WARM = 50;

	/**
	 * Not in the build's directory, which may be deep: the server has a Unix socket
	 * there.
	 */
	private Path data;

	private EmbeddedPostgres database;

	@BeforeEach
	void startDatabase() throws IOException {
		this.data = Files.createTempDirectory("fault-database");
		this.database = start();
	}

	@AfterEach
	void stopDatabase() throws IOException {
		this.database.close();
	}

	/**
	 * What it has acknowledged it keeps.
	 */
	private EmbeddedPostgres start() throws IOException {
		return EmbeddedPostgres.builder()
			.setPort(FreePorts.next())
			.setDataDirectory(this.data)
			.setCleanDataDirectory(false)
			.setServerConfig("synchronous_commit", "on")
			.start();
	}

	@Test
	void whenItIsKilledThenTheExitIsInTimeAndNoAcknowledgedOrderIsMissing() throws Exception {
		try (AppProcess process = app(Faults.BUDGET).startReady();
				LoadClient client = LoadClient.start(ORDERS, process.port())) {
			awaitOrders(client);
			List<ProcessHandle> processes = processes();
			signal("KILL", processes);
			Exit exit = Faults.stop(process, "PostgreSQL killed");
			LoadReport report = client.stop();
			awaitGone(processes);
			this.database.close();
			this.database = start();
			assertAllAcknowledgedAreThere(report);
			assertInTime(process, exit);
		}
	}

	@Tag("full")
	@Test
	void whenItStandsStillThenTheExitIsInTimeAndTheRequestsAreNamed() throws Exception {
		try (AppProcess process = app(Faults.BUDGET).startReady();
				LoadClient client = LoadClient.start(ORDERS, process.port())) {
			awaitOrders(client);
			signal("STOP", processes());
			try {
				Exit exit = Faults.stop(process, "PostgreSQL stands still");
				Faults.assertForced(process, exit, "POST /orders");
				assertThat(process.log()).containsPattern("Cut off: POST /orders .*\\R(\tat .*\\R)*\tat .*postgresql");
			}
			finally {
				signal("CONT", processes());
			}
			assertAllAcknowledgedAreThere(client.stop());
		}
	}

	@Tag("full")
	@Test
	void whenItStandsStillAndGoesOnThenNothingIsLost() throws Exception {
		try (AppProcess process = app("--graceful.shutdown.timeout=30s").startReady();
				LoadClient client = LoadClient.start(ORDERS, process.port())) {
			awaitOrders(client);
			signal("STOP", processes());
			long signalled = System.nanoTime();
			try {
				process.signal("TERM");
				process.awaitLog("Draining web server");
			}
			finally {
				signal("CONT", processes());
			}
			Exit exit = Faults.print("PostgreSQL stands still, and goes on", process.awaitExit(signalled));
			LoadReport report = client.stop();
			Faults.assertClean(process, exit);
			assertThat(orders()).isEqualTo(report.ok());
		}
	}

	private App app(String... args) {
		return App.of(SampleJar.GRACEFUL, DIRECTORY, args)
			.withEnvironment("SPRING_DATASOURCE_URL", this.database.getJdbcUrl("postgres", "postgres"))
			.withEnvironment("SPRING_DATASOURCE_USERNAME", "postgres")
			.withEnvironment("SPRING_DATASOURCE_PASSWORD", "postgres")
			.withEnvironment("SPRING_SQL_INIT_MODE", "always");
	}

	private static void awaitOrders(LoadClient client) {
		Awaitility.await("orders").until(() -> client.total() >= WARM);
	}

	/**
	 * Requests that failed were answered. Those that waited for a connection were cut off
	 * and named.
	 */
	private static void assertInTime(AppProcess process, Exit exit) {
		if (exit.code() != 0) {
			Faults.assertForced(process, exit, "POST /orders");
		}
		else {
			Faults.assertClean(process, exit);
		}
	}

	/**
	 * The answer to some may have been lost, but not their row.
	 */
	private void assertAllAcknowledgedAreThere(LoadReport report) {
		assertThat(report.ok()).isGreaterThanOrEqualTo(WARM);
		assertThat(orders()).isBetween(report.ok(), report.ok() + report.failed());
	}

	private long orders() {
		try (Connection connection = this.database.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery("select count(*) from orders")) {
			result.next();
			return result.getLong(1);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("Orders cannot be counted", ex);
		}
	}

	/**
	 * The server and the processes that it has for its connections.
	 */
	private List<ProcessHandle> processes() throws IOException {
		long pid = Long.parseLong(Files.readAllLines(this.data.resolve("postmaster.pid")).get(0).strip());
		ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
		return Stream.concat(Stream.of(server), server.descendants()).toList();
	}

	private static void signal(String name, List<ProcessHandle> processes) {
		List<String> command = Stream
			.concat(Stream.of("kill", "-" + name), processes.stream().map((process) -> String.valueOf(process.pid())))
			.toList();
		Command.run(command);
	}

	private static void awaitGone(List<ProcessHandle> processes) {
		Awaitility.await("PostgreSQL is gone").until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
	}

}
