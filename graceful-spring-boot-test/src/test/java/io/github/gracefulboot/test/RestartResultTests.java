package io.github.gracefulboot.test;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.github.gracefulboot.test.FailedRequest.Fate;
import io.github.gracefulboot.test.http.FailureKind;
import io.github.gracefulboot.test.load.Failure;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.load.RequestKind;
import io.github.gracefulboot.test.load.Success;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests of {@link RestartResult} and its assertions.
 */
class RestartResultTests {

	private static final Instant BEGAN = Instant.parse("2026-11-29T12:00:00Z");

	private static final RequestKind GET = RequestKind.withoutBody("GET", "/orders");

	private static final RequestKind POST = new RequestKind("POST", "/orders", Map.of(), (number) -> new byte[1]);

	private final List<Success> successes = new ArrayList<>();

	private final List<Failure> failures = new ArrayList<>();

	private final List<StopResult> stops = new ArrayList<>();

	private final List<Restart> restarts = new ArrayList<>();

	@Test
	void whenNothingWasLostThenSaysHowSureThatIs() {
		stop(10, 20);
		answered(12_040, GET, 15);
		assertThat(result()).lostNothing();
		assertThat(result().toString())
			.contains("0 of 12,040 requests failed: with 95 % confidence fewer than 1 in 4,013");
	}

	@Test
	void whenTooLittleWasSentThenFails() {
		stop(10, 20);
		answered(299, GET, 15);
		assertFails(() -> assertThat(result()).lostNothing(), "Expected at least 300 requests, but 299 were sent");
		assertThat(result()).sentAtLeast(299).lostNothing();
		assertFails(() -> assertThat(result()).sentAtLeast(300), "Expected at least 300");
	}

	@Test
	void whenNothingStoppedOrNothingCameMeanwhileThenFails() {
		answered(1000, GET, 15);
		assertFails(() -> assertThat(result()).lostNothing(), "Nothing was stopped");
		stop(20, 30);
		assertFails(() -> assertThat(result()).lostNothing(), "No request was answered while processes stopped");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			GET,  RESET_REUSED,    0,   LOST
			PUT,  TRUNCATED,       0,   LOST
			POST, REFUSED,         0,   LOST
			POST, CONNECT_TIMEOUT, 0,   LOST
			POST, STATUS,          503, LOST
			POST, STATUS,          404, LOST
			POST, STATUS,          502, UNKNOWN
			POST, STATUS,          500, UNKNOWN
			POST, RESET_NEW,       0,   UNKNOWN
			PATCH, TIMEOUT,        0,   UNKNOWN
			""")
	void whenARequestFailsThenItIsLostUnlessItMayHaveBeenExecuted(String method, FailureKind kind, int status,
			Fate fate) {
		failed(new RequestKind(method, "/orders", Map.of(), (number) -> new byte[0]), kind, status, 7, 15);
		assertThat(result().failures()).extracting(FailedRequest::fate).containsExactly(fate);
	}

	@Test
	void whenTheApplicationKnowsThenWhatWasExecutedIsNotLost() {
		stop(10, 20);
		answered(1000, GET, 15);
		failed(POST, FailureKind.RESET_NEW, 0, 1, 15);
		failed(POST, FailureKind.TRUNCATED, 0, 2, 15);
		assertFails(() -> assertThat(result()).lostNothing(), "0 were lost, and of 2 only the application knows");
		assertThat(result()).lostNothing((number) -> true);
		assertFails(() -> assertThat(result()).lostNothing((number) -> number == 1), "1 were lost, and of 0 only");
		RestartResult judged = result().judgedBy((number) -> number == 1);
		assertThat(judged.unanswered()).extracting(FailedRequest::number).containsExactly(1L);
		assertThat(judged.lost()).extracting(FailedRequest::number).containsExactly(2L);
	}

	@Test
	void whenRequestsFailThenSaysWhatWasGoingOn() {
		stop(10, 20);
		this.restarts.add(new Restart(this.stops.get(0), at(30)));
		for (int second : new int[] { 5, 11, 15, 25, 35 }) {
			failed(GET, FailureKind.REFUSED, 0, second, second);
		}
		assertThat(result().failures()).extracting(FailedRequest::stage)
			.containsExactly("running", "announce", "drain", "starting", "running");
		assertThat(result().timeline()).contains("| 10000 ms | 8080 (pid 1): SIGTERM | 0 | 1 |")
			.contains("| 30000 ms | 8080 (pid 1): next one ready | 0 | 1 |")
			.contains("| | end | 0 | 1 |");
	}

	@Test
	void whenSomethingChangedThenItsNumberIsAcknowledged() {
		answered(2, GET, 15);
		this.successes.add(new Success(at(15), 42, POST, Duration.ofMillis(3)));
		assertThat(result().acknowledged()).containsExactly(42L);
	}

	private static void assertFails(Runnable assertion, String message) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion::run).withMessageContaining(message);
	}

	private void stop(int from, int to) {
		StopReport report = new StopReport("clean",
				List.of(new StageTime("announce", at(from), Duration.ofSeconds(2), ""),
						new StageTime("drain", at(from + 2), Duration.ofSeconds(8), "")),
				List.of(), List.of());
		this.stops.add(new StopResult("8080 (pid 1)", Signal.SIGTERM, at(from), Duration.ofSeconds(to - from), 0, false,
				Optional.of(report), Path.of("instance.log")));
	}

	private void answered(int count, RequestKind request, int second) {
		for (int i = 0; i < count; i++) {
			this.successes.add(new Success(at(second), i, request, Duration.ofMillis(3)));
		}
	}

	private void failed(RequestKind request, FailureKind kind, int status, long number, int second) {
		this.failures.add(new Failure(at(second), number, request, kind, status, "", 0));
	}

	private RestartResult result() {
		Load load = Load.of(List.of(GET, POST), 0.5, 16);
		return new RestartResult("2 x app.jar, no balancer", Path.of("."), BEGAN,
				new LoadReport(load, this.successes, this.failures, Duration.ofSeconds(40)), this.stops, this.restarts);
	}

	private static Instant at(int second) {
		return BEGAN.plusSeconds(second);
	}

}
