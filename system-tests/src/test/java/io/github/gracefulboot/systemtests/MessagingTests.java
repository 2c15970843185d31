package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.broker.Broker;
import io.github.gracefulboot.systemtests.broker.BrokerType;
import io.github.gracefulboot.systemtests.broker.CommittedMessages;
import io.github.gracefulboot.systemtests.broker.KafkaBroker;
import io.github.gracefulboot.systemtests.broker.RedisBroker;
import io.github.gracefulboot.test.process.Exit;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of messages, taken from real brokers into a real PostgreSQL, when those
 * who take them are told to stop.
 */
class MessagingTests {

	private static final int MESSAGES = Integer.getInteger("graceful.system-tests.messages", 2000);

	private static final int FEWEST_STOPS = 2;

	private static final Duration TAKEN_TIMEOUT = Duration.ofSeconds(120);

	private static EmbeddedPostgres database;

	private final List<AppProcess> instances = new ArrayList<>();

	private Path directory;

	@BeforeAll
	static void startDatabase() throws IOException {
		database = EmbeddedPostgres.start();
	}

	@AfterAll
	static void stopDatabase() throws IOException {
		database.close();
	}

	@AfterEach
	void stopInstances() throws SQLException {
		this.instances.forEach(AppProcess::close);
		try (Connection connection = database.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute("drop schema public cascade");
			statement.execute("create schema public");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenInstancesStopInTurnThenEachMessageIsTakenAndEachRowIsThereOnce(BrokerType type) {
		try (Broker broker = start(type)) {
			List<App> apps = List.of(app(type, broker), app(type, broker));
			apps.forEach((app) -> this.instances.add(app.startReady()));
			stopWithAMessageInHand(type, broker, apps);
			Set<String> sent = new HashSet<>(IntStream.range(0, MESSAGES).mapToObj((i) -> "message-" + i).toList());
			broker.send(sent);
			sent.addAll(List.of("slow", "next"));
			List<Exit> exits = stopInTurn(apps, () -> count("deliveries"), sent.size());
			System.out.printf("MESSAGING, %s: %d messages, %d taken, %d more than once, longest pause %d ms, %s%n",
					type, sent.size(), count("messages"), count("deliveries") - count("messages"), longestPause(),
					summary(exits));
			assertThat(messages()).isEqualTo(sent);
			assertThat(exits).extracting(Exit::code).containsOnly(0);
		}
	}

	/*
	 * Stops the instance that has a message of 2 s in hand, and starts it again when the
	 * other has taken the next one.
	 */
	private void stopWithAMessageInHand(BrokerType type, Broker broker, List<App> apps) {
		broker.send(List.of("slow"));
		int taker = Awaitility.await("the message is in hand")
			.atMost(TAKEN_TIMEOUT)
			.until(() -> IntStream.range(0, apps.size())
				.filter((i) -> this.instances.get(i).log().contains("Message slow begins"))
				.findFirst(), OptionalInt::isPresent)
			.orElseThrow();
		AppProcess process = this.instances.get(taker);
		Exit exit = process.stop("TERM");
		assertThat(exit.code()).isZero();
		assertThat(process.log()).contains("Shutdown completed");
		broker.send(List.of("next"));
		Awaitility.await("next").atMost(TAKEN_TIMEOUT).until(() -> messages().contains("next"));
		assertThat(count("deliveries")).isEqualTo(2);
		System.out.printf("MESSAGING, %s: message of 2 s in hand taken once, stop %d ms%n", type,
				exit.took().toMillis());
		this.instances.set(taker, apps.get(taker).startReady());
	}

	@Test
	void whenRelaysStopInTurnThenEachMessageIsPassedOnOnce() {
		this.directory = TestDirectory.create("messaging-relay");
		try (KafkaBroker broker = new KafkaBroker(); CommittedMessages relayed = broker.relayed()) {
			List<String> sent = IntStream.range(0, MESSAGES).mapToObj((i) -> "message-" + i).toList();
			List<App> apps = List.of(relay(broker), relay(broker));
			apps.forEach((app) -> this.instances.add(app.startReady()));
			broker.send(sent);
			List<Exit> exits = stopInTurn(apps, () -> relayed.soFar().size(), MESSAGES);
			System.out.printf("MESSAGING, relay: %d messages, %d passed on, %s%n", MESSAGES, relayed.soFar().size(),
					summary(exits));
			assertThat(relayed.soFar()).containsExactlyInAnyOrderElementsOf(sent);
			assertThat(exits).extracting(Exit::code).containsOnly(0);
		}
	}

	@Test
	void whenMessageOfARedisChannelIsInHandThenItIsFinished() {
		this.directory = TestDirectory.create("messaging-channel");
		try (RedisBroker broker = new RedisBroker(this.directory)) {
			AppProcess process = app(BrokerType.REDIS, broker).startReady();
			this.instances.add(process);
			broker.publish("announcements", "slow");
			process.awaitLog("Message slow begins");
			Exit exit = process.stop("TERM");
			assertThat(exit.code()).isZero();
			assertThat(process.log()).contains("Shutdown completed");
			assertThat(messages()).containsExactly("slow");
		}
	}

	@ParameterizedTest
	@CsvSource({ "KAFKA, later", "RABBIT, later", "RABBIT, by-hand" })
	void whenListenersAnswerLaterThenNoMessageComesAgain(BrokerType type, String listener) {
		try (Broker broker = start(type)) {
			App app = app(type.id() + "," + listener, broker);
			AppProcess process = app.startReady();
			this.instances.add(process);
			List<String> sent = IntStream.range(0, 5).mapToObj((i) -> "slow-" + i).toList();
			broker.send(sent);
			sent.forEach((message) -> process.awaitLog("Message " + message + " begins"));
			Exit exit = process.stop("TERM");
			System.out.printf("MESSAGING, %s %s: %d of %d taken, stop %d ms%n", type, listener, count("messages"),
					sent.size(), exit.took().toMillis());
			assertThat(exit.code()).isZero();
			assertThat(messages()).containsExactlyInAnyOrderElementsOf(sent);
			this.instances.set(0, app.startReady());
			broker.send(List.of("next"));
			Awaitility.await("next").atMost(TAKEN_TIMEOUT).until(() -> messages().contains("next"));
			assertThat(count("deliveries")).isEqualTo(sent.size() + 1);
		}
	}

	/*
	 * Stops the one and starts it again, then the other, until all messages were taken.
	 */
	private List<Exit> stopInTurn(List<App> apps, LongSupplier taken, int messages) {
		List<Exit> exits = new ArrayList<>();
		for (int i = 0; exits.size() < FEWEST_STOPS || taken.getAsLong() < messages; i = 1 - i) {
			long wanted = Math.min(taken.getAsLong() + 1, messages);
			Awaitility.await("a message").atMost(TAKEN_TIMEOUT).until(() -> taken.getAsLong() >= wanted);
			exits.add(this.instances.get(i).stop("TERM"));
			this.instances.set(i, apps.get(i).startReady());
		}
		this.instances.forEach((instance) -> exits.add(instance.stop("TERM")));
		return exits;
	}

	private static String summary(List<Exit> exits) {
		return "%d stops of %s ms".formatted(exits.size(),
				exits.stream().map((exit) -> exit.took().toMillis()).toList());
	}

	private Broker start(BrokerType type) {
		this.directory = TestDirectory.create("messaging-" + type);
		return type.start(this.directory);
	}

	private App app(BrokerType type, Broker broker) {
		return app(type.id(), broker);
	}

	private App relay(Broker broker) {
		return app(BrokerType.KAFKA.id() + ",relay", broker);
	}

	private App app(String profiles, Broker broker) {
		App app = App.of(SampleJar.MESSAGING, this.directory, "--spring.profiles.active=" + profiles)
			.withEnvironment("SPRING_DATASOURCE_URL", database.getJdbcUrl("postgres", "postgres"));
		for (Map.Entry<String, String> variable : broker.environment().entrySet()) {
			app = app.withEnvironment(variable.getKey(), variable.getValue());
		}
		return app;
	}

	private long count(String table) {
		return query("select count(*) from " + table, (result) -> {
			result.next();
			return result.getLong(1);
		});
	}

	private long longestPause() {
		String pauses = "select delivered_at - lag(delivered_at) over (order by delivered_at) as pause from deliveries";
		return query("select (extract(epoch from max(pause)) * 1000)::bigint from (%s) as pauses".formatted(pauses),
				(result) -> {
					result.next();
					return result.getLong(1);
				});
	}

	private Set<String> messages() {
		return query("select message from messages", (result) -> {
			Set<String> messages = new HashSet<>();
			while (result.next()) {
				messages.add(result.getString(1));
			}
			return messages;
		});
	}

	private <T> T query(String sql, Reader<T> reader) {
		try (Connection connection = database.getPostgresDatabase().getConnection();
				Statement statement = connection.createStatement();
				ResultSet result = statement.executeQuery(sql)) {
			return reader.read(result);
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The database does not answer", ex);
		}
	}

	private interface Reader<T> {

		T read(ResultSet result) throws SQLException;

	}

}
