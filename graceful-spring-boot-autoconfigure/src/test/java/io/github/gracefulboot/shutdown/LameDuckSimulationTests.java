package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.Peer;
import io.github.gracefulboot.traffic.Traffic;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops behind simulated balancers, in time that passes only where the stage waits.
 * Requests come at random until the balancer has seen enough failures. Those that come
 * after the end of the stage are lost.
 */
class LameDuckSimulationTests {

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

	private static final Duration QUIET_PERIOD = Duration.ofMillis(500);

	private static final double[] RATES = { 0.2, 0.5, 1, 2, 5, 20, 200 };

	private static final int STOPS = 60;

	@ParameterizedTest
	@EnumSource
	void whenTheBalancerCanBeSatisfiedThenNothingIsLost(Balancer balancer) throws Exception {
		for (double rate : RATES) {
			Tally now = new Tally();
			Tally before = new Tally();
			Tally sleep = new Tally();
			for (int seed = 0; seed < STOPS; seed++) {
				now.add(stop(balancer, rate, seed, null));
				before.add(stop(balancer, rate, seed, 2));
				sleep.add(sleep(balancer, rate, seed));
			}
			System.out.printf(
					"SIMULATION %s, %s requests a second: lost %s, with two answers %s, with a sleep of 5 s %s%n",
					balancer, rate, now, before, sleep);
			if (balancer.satisfied) {
				assertThat(now.lost).isZero();
			}
			else {
				assertThat(now.median()).isEqualTo(LONGEST_WAIT);
			}
		}
	}

	/**
	 * A pod is deleted: endpoints are removed up to 3 s later, and the kubelet goes on
	 * probing.
	 */
	@ParameterizedTest
	@ValueSource(doubles = { 0.2, 1, 5, 200 })
	void whenPodIsDeletedThenNothingIsLost(double rate) throws Exception {
		Tally tally = new Tally();
		for (int seed = 0; seed < STOPS; seed++) {
			tally.add(new Simulation(rate, seed).stop(null));
		}
		System.out.printf("SIMULATION of Kubernetes, %s requests a second: lost %s%n", rate, tally);
		assertThat(tally.lost).isZero();
		assertThat(tally.took).allMatch((took) -> took.compareTo(Duration.ofSeconds(6)) < 0);
	}

	private static Stop stop(Balancer balancer, double rate, int seed, Integer probes) throws InterruptedException {
		Simulation simulation = new Simulation(balancer, rate, seed);
		return simulation.stop(probes);
	}

	private static Stop sleep(Balancer balancer, double rate, int seed) {
		return new Simulation(balancer, rate, seed).lostAfter(Duration.ofSeconds(5));
	}

	/**
	 * Balancers with their own defaults, and stricter and slacker ones.
	 */
	enum Balancer {

		HAPROXY(2, 3, 0, true),

		HAPROXY_FAST(0.5, 1, 0, true),

		HAPROXY_SLOW(4, 3, 0, true),

		ENVOY(5, 1, 0, true),

		LATE(1, 2, 0.5, true),

		LATE_BY_A_SECOND(1, 2, 1, true),

		CADDY(30, 1, 0, false),

		ALB(30, 2, 0, false);

		private final double period;

		private final int failures;

		private final double lag;

		/**
		 * Whether the longest wait is long enough.
		 */
		private final boolean satisfied;

		Balancer(double period, int failures, double lag, boolean satisfied) {
			this.period = period;
			this.failures = failures;
			this.lag = lag;
			this.satisfied = satisfied;
		}

	}

	private record Stop(Duration took, int lost) {

	}

	private static final class Tally {

		private final List<Duration> took = new ArrayList<>();

		private int lost;

		private void add(Stop stop) {
			this.took.add(stop.took());
			this.lost += stop.lost();
		}

		private Duration median() {
			return this.took.stream().sorted().toList().get(this.took.size() / 2);
		}

		@Override
		public String toString() {
			return "%d in %.1f s".formatted(this.lost, median().toMillis() / 1000.0);
		}

	}

	/**
	 * One instance behind one balancer.
	 */
	private static final class Simulation {

		private final FakeTime time = new FakeTime();

		private final Traffic traffic = new Traffic(this.time, this.time);

		private final Client client;

		private final double stop;

		private final double[] requests;

		private Simulation(Balancer balancer, double rate, int seed) {
			this.client = new Client("192.0.2.1", (balancer == Balancer.ENVOY) ? "Envoy/HC" : "balancer");
			Random random = new Random(seed);
			double phase = random.nextDouble() * balancer.period;
			this.stop = Math.max(4 * balancer.period, 20 / rate) + random.nextDouble() * balancer.period;
			double left = this.stop;
			int checks = 0;
			for (double check = phase; check < this.stop + 200; check += balancer.period) {
				boolean ready = check < this.stop;
				at(check, () -> this.traffic.probeAnswered(this.client, ready));
				if (!ready && ++checks == balancer.failures) {
					left = check + balancer.lag;
				}
			}
			this.requests = requests(random, rate, left);
			for (double request : this.requests) {
				at(request, () -> this.traffic.requestCame(() -> new Peer(this.client.address(), true)));
			}
		}

		/**
		 * One pod.
		 */
		private Simulation(double rate, int seed) {
			this.client = new Client("10.0.0.1", "kube-probe/1.33");
			Random random = new Random(seed);
			this.stop = Math.max(40, 20 / rate) + random.nextDouble() * 10;
			for (double check = 0; check < this.stop + 40; check += 10) {
				boolean ready = check < this.stop;
				at(check, () -> this.traffic.probeAnswered(this.client, ready));
			}
			this.requests = requests(random, rate, this.stop + 0.2 + random.nextDouble() * 2.8);
			for (double request : this.requests) {
				at(request, () -> this.traffic.requestCame(() -> new Peer("10.0.0.7", false)));
			}
		}

		private static double[] requests(Random random, double rate, double end) {
			List<Double> times = new ArrayList<>();
			double time = 0;
			while (time < end) {
				time -= Math.log(1 - random.nextDouble()) / rate;
				if (time < end) {
					times.add(time);
				}
			}
			return times.stream().mapToDouble(Double::doubleValue).toArray();
		}

		private void at(double second, Runnable what) {
			this.time.at(Duration.ofNanos((long) (second * 1e9)), what);
		}

		private Stop stop(Integer probes) throws InterruptedException {
			this.time.pass(Duration.ofNanos((long) (this.stop * 1e9)));
			this.traffic.watch();
			Duration begin = this.time.passed();
			new LameDuck(null, false, probes, QUIET_PERIOD, this.traffic, this.time)
				.await(Deadline.after(this.time, LONGEST_WAIT));
			return lostAfter(this.time.passed().minus(begin));
		}

		private Stop lostAfter(Duration wait) {
			double end = this.stop + wait.toNanos() / 1e9;
			return new Stop(wait, (int) Arrays.stream(this.requests).filter((request) -> request > end).count());
		}

	}

}
