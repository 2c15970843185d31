package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.front.FrontType;
import io.github.gracefulboot.systemtests.load.Mix;
import io.github.gracefulboot.test.Fleet;
import io.github.gracefulboot.test.Instance;
import io.github.gracefulboot.test.Rate;
import io.github.gracefulboot.test.RestartResult;
import io.github.gracefulboot.test.Signal;
import io.github.gracefulboot.test.StopResult;
import io.github.gracefulboot.test.Times;
import io.github.gracefulboot.test.Traffic;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.http.HttpMessage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Hundreds of restarts under mixed load: each server behind each balancer, stopped in
 * each way, and by hand-over. Not a part of {@code verify}: {@code .ci/soak} runs it.
 */
@Tag("soak")
class SoakTests {

	private static final int RESTARTS = Integer.getInteger("graceful.system-tests.soak-restarts", 300);

	private static final List<SampleJar> SERVERS = List.of(SampleJar.GRACEFUL, SampleJar.JETTY, SampleJar.NETTY);

	private static final List<FrontType> FRONTS = List.of(FrontType.HAPROXY_DEFAULTS, FrontType.NGINX, FrontType.CADDY,
			FrontType.APACHE, FrontType.PROBER);

	/**
	 * What one instance on one processor answers while the other processor starts the
	 * next one.
	 */
	private static final Rate RATE = Rate.perSecond(Integer.getInteger("graceful.system-tests.soak-rate", 80));

	private static final String[] ARGS = { "--management.endpoint.graceful.access=unrestricted",
			"--management.endpoints.web.exposure.include=health,graceful" };

	private final Path table = TestDirectory.create("soak").resolve("soak.md");

	private final List<RestartResult> results = new ArrayList<>();

	private int stops;

	@Test
	void whenRestartedHundredsOfTimesThenNothingIsLost() throws IOException {
		say("| server | behind | restarts | failed | of | longest stop | p99 | forced |%n|---|---|---|---|---|---|---|---|"
			.formatted());
		// Each server is behind each balancer and handed over, and each instance has a
		// turn
		int perRound = SERVERS.size() * (FRONTS.size() + 1) * 2;
		int rounds = (RESTARTS + perRound - 1) / perRound;
		for (SampleJar server : SERVERS) {
			for (FrontType front : FRONTS) {
				try (Fleet fleet = App.fleet(server, "soak-%s-%s".formatted(server, front), ARGS).start()) {
					record(server, front.toString(),
							described(fleet).through(front.balancer()).during(() -> restart(fleet, rounds)));
				}
			}
			try (Fleet fleet = App.fleet(server, "soak-hand-over-" + server).handOver().start()) {
				record(server, "hand-over", described(fleet).during(() -> fleet.replace(Times.times(2 * rounds))));
			}
		}
		long sent = this.results.stream().mapToLong(RestartResult::sent).sum();
		long failed = this.results.stream().mapToLong((result) -> result.failures().size()).sum();
		say("%n%d of %d requests failed in %d restarts".formatted(failed, sent, this.stops));
		assertThat(this.results).allSatisfy((result) -> assertThat(result).lostNothing());
		assertThat(this.results).flatExtracting(RestartResult::stops)
			.allSatisfy((stop) -> assertThat((StopResult) stop).isClean().hasExitCode(0));
	}

	private static Traffic described(Fleet fleet) {
		return Mix.MIXED.to(fleet).openLoop(RATE).atMost(Duration.ofHours(2));
	}

	/**
	 * Stops instances in one way after the other.
	 */
	private static void restart(Fleet fleet, int rounds) {
		for (int i = 0; i < 2 * rounds; i++) {
			Instance instance = fleet.instance(i % 2);
			switch (i % 3) {
				case 0 -> fleet.restart(instance, Signal.SIGTERM);
				case 1 -> fleet.restart(instance, Signal.SIGINT);
				default -> fleet.restart(instance, SoakTests::stopByEndpoint);
			}
		}
	}

	private static StopResult stopByEndpoint(Instance instance) {
		byte[] body = "{\"action\": \"stop\"}".getBytes(StandardCharsets.US_ASCII);
		try (HttpConnection connection = HttpConnection.open(instance.getPort(), Duration.ofSeconds(10))) {
			HttpMessage response = connection
				.exchange(HttpMessage.post("/actuator/graceful", Map.of("Content-Type", "application/json"), body));
			assertThat(response.isSuccess()).as(response.startLine()).isTrue();
		}
		catch (HttpFailureException ex) {
			throw new IllegalStateException("%s was not stopped".formatted(instance), ex);
		}
		return instance.awaitEnd();
	}

	private void record(SampleJar server, String front, RestartResult result) throws IOException {
		this.results.add(result);
		this.stops += result.stops().size();
		Duration longest = result.stops()
			.stream()
			.map(StopResult::getTook)
			.max(Duration::compareTo)
			.orElse(Duration.ZERO);
		long forced = result.stops().stream().filter((stop) -> stop.getExitCode() != 0).count();
		say("| %s | %s | %d | %d | %d | %d ms | %d ms | %d |".formatted(server, front, result.stops().size(),
				result.failures().size(), result.sent(), longest.toMillis(), result.latency(0.99).toMillis(), forced));
		if (!result.failures().isEmpty() || forced > 0) {
			say(result.toString());
			say(result.timeline());
		}
	}

	private void say(String line) throws IOException {
		System.out.println(line);
		Files.writeString(this.table, line + System.lineSeparator(), StandardOpenOption.CREATE,
				StandardOpenOption.APPEND);
	}

}
