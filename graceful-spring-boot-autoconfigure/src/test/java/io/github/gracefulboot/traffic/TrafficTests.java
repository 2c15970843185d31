package io.github.gracefulboot.traffic;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Traffic} and {@link Prober}.
 */
class TrafficTests {

	private final AtomicLong now = new AtomicLong(-5);

	private final Traffic traffic = new Traffic(this.now::get);

	@Test
	void whenNoRequestCameThenSaysSoWhateverTheClock() {
		assertThat(this.traffic.lastRequest()).isEmpty();
		this.traffic.requestCame(() -> new Peer("192.0.2.1", false));
		assertThat(this.traffic.lastRequest()).hasValue(-5);
	}

	@Test
	void whenClientAskedTwiceThenIsAProberForThreeOfItsPeriods() {
		probe("a");
		assertThat(this.traffic.activeProbers()).isEmpty();
		this.now.addAndGet(100);
		probe("a");
		assertThat(this.traffic.activeProbers()).singleElement()
			.extracting(Prober::period)
			.isEqualTo(Duration.ofNanos(100));
		this.now.addAndGet(300);
		assertThat(this.traffic.activeProbers()).hasSize(1);
		this.now.addAndGet(1);
		assertThat(this.traffic.activeProbers()).isEmpty();
	}

	@Test
	void whenAnswersFailThenOnlyThoseInARowCount() {
		this.traffic.probeAnswered(client("a"), false);
		this.traffic.probeAnswered(client("a"), true);
		this.traffic.probeAnswered(client("a"), false);
		this.traffic.probeAnswered(client("a"), false);
		this.now.addAndGet(0);
		assertThat(this.traffic.activeProbers()).singleElement().extracting(Prober::failuresInARow).isEqualTo(2);
	}

	@Test
	void whenClientIsWrittenThenItsUserAgentFollowsItsAddress() {
		assertThat(client("curl")).hasToString("192.0.2.1 curl");
		assertThat(new Client("192.0.2.1", null)).hasToString("192.0.2.1");
	}

	@Test
	void whenManyClientsProbeThenThereIsAnEnd() {
		for (int i = 0; i < 1000; i++) {
			probe("client " + i);
			probe("client " + i);
		}
		assertThat(this.traffic.activeProbers()).hasSize(256);
		this.now.addAndGet(1);
		probe("late");
		this.now.addAndGet(1);
		probe("late");
		assertThat(this.traffic.activeProbers()).extracting(Prober::client).containsExactly(client("late"));
	}

	@Test
	void whenManyProbeThatRouteNothingThenThereIsRoomForABalancer() {
		for (int i = 0; i < 1000; i++) {
			probe("kube-probe/" + i);
			probe("kube-probe/" + i);
		}
		probe("balancer");
		probe("balancer");
		assertThat(this.traffic.activeProbers()).extracting(Prober::client).contains(client("balancer"));
		assertThat(this.traffic.activeProbers()).hasSizeLessThanOrEqualTo(256);
	}

	private void probe(String client) {
		this.traffic.probeAnswered(client(client), true);
	}

	private static Client client(String userAgent) {
		return new Client("192.0.2.1", userAgent);
	}

}
