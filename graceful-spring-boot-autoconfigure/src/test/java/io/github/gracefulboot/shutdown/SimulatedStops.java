package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.Peer;
import io.github.gracefulboot.traffic.Traffic;
import org.jspecify.annotations.Nullable;

/**
 * Stops of one instance behind one balancer, in time that passes only where the stage
 * waits: sixty at each of eight rates, with requests at random. They come until the
 * balancer has seen enough failures. Those that come after the end of the stage are lost.
 */
final class SimulatedStops {

	static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

	static final double[] RATES = { 0.2, 0.5, 1, 2, 5, 20, 200, 500 };

	static final int STOPS = 60;

	private static final Duration QUIET_PERIOD = Duration.ofMillis(500);

	private final List<Duration> took = new ArrayList<>();

	private int lossy;

	private SimulatedStops() {
	}

	static SimulatedStops run(Balancer balancer, Rule rule) throws InterruptedException {
		SimulatedStops stops = new SimulatedStops();
		for (double rate : RATES) {
			for (int seed = 0; seed < STOPS; seed++) {
				Simulation simulation = new Simulation(balancer, rate, seed);
				Duration took = (rule.sleep != null) ? rule.sleep
						: simulation.stop((balancer.probes() != null) ? balancer.probes() : rule.answers);
				stops.took.add(took);
				stops.lossy += simulation.losesAfter(took) ? 1 : 0;
			}
		}
		return stops;
	}

	/**
	 * How many of them lost a request.
	 */
	int lossy() {
		return this.lossy;
	}

	/**
	 * How many of a hundred lost a request.
	 */
	double percentLossy() {
		return 100.0 * this.lossy / this.took.size();
	}

	/**
	 * How long the stage took.
	 */
	Duration median() {
		return this.took.stream().sorted().toList().get(this.took.size() / 2);
	}

	@Override
	public String toString() {
		return "%d of %d stops lost a request, median %d ms".formatted(this.lossy, this.took.size(),
				median().toMillis());
	}

	/**
	 * What ends the stage.
	 */
	enum Rule {

		EVIDENCE("these rules", null, null), TWO_ANSWERS("two answers and 500 ms of silence", 2, null),
		FIVE_SECONDS("a sleep of 5 s", null, Duration.ofSeconds(5)),
		TEN_SECONDS("a sleep of 10 s", null, Duration.ofSeconds(10));

		private final String text;

		private final @Nullable Integer answers;

		private final @Nullable Duration sleep;

		Rule(String text, @Nullable Integer answers, @Nullable Duration sleep) {
			this.text = text;
			this.answers = answers;
			this.sleep = sleep;
		}

		@Override
		public String toString() {
			return this.text;
		}

	}

	/**
	 * Balancers with their own defaults, and stricter and slacker ones: the seconds
	 * between two checks, the failures after which it leaves, and how many seconds later
	 * it does. Without failures it leaves up to three seconds after the announce, as
	 * endpoints of Kubernetes do.
	 */
	enum Balancer {

		HAPROXY("HAProxy's defaults: each 2 s, three failures", 2, 3, 0),
		HAPROXY_PAUSED("the same, and the service stands still for 4 s", 2, 3, 0),
		BOTH_PAUSED("the same, and so does HAProxy, 0.25 s longer", 2, 3, 0),
		HAPROXY_STRICT("`inter 500ms fall 1`", 0.5, 1, 0), MONITORED("the same, and a monitor each 10 s", 0.5, 1, 0),
		HAPROXY_SLACK("`inter 4s fall 3`", 4, 3, 0),
		HAPROXY_SLOW("`inter 6s fall 3`: a warning says that it does not fit", 6, 3, 0),
		ENVOY("Envoy, each 5 s", 5, 1, 0), CADDY("Caddy, `health_interval 2s`", 2, 1, 0),
		CADDY_DEFAULTS("Caddy's and Apache httpd's defaults, each 30 s: a warning says that it does not fit", 30, 1, 0),
		APACHE("Apache httpd, `hcinterval=2 hcfails=2`", 2, 2, 0),
		VARNISH("Varnish, `.interval = 1s`, six failures, `graceful.lame-duck.probes=6`", 1, 6, 0),
		LATE("checks each second, two failures, half a second late", 1, 2, 0.5),
		LATER("the same, a second late", 1, 2, 1), ALB_FAST("AWS ALB, each 5 s, two failures", 5, 2, 0),
		ALB("AWS ALB's defaults, each 30 s, two failures: a warning says that it does not fit", 30, 2, 0),
		KUBERNETES("Kubernetes, a kubelet each 10 s, endpoints removed after 0.2 to 3 s", 10, 0, 0);

		private final String text;

		private final double period;

		private final int failures;

		private final double lag;

		Balancer(String text, double period, int failures, double lag) {
			this.text = text;
			this.period = period;
			this.failures = failures;
			this.lag = lag;
		}

		/**
		 * Whether the longest wait is long enough for it.
		 */
		boolean isSatisfied() {
			return this.period * this.failures + this.lag <= LONGEST_WAIT.toSeconds();
		}

		/**
		 * What {@code graceful.lame-duck.probes} is set to for it.
		 */
		private @Nullable Integer probes() {
			return (this == VARNISH) ? this.failures : null;
		}

		Duration period() {
			return Duration.ofMillis((long) (this.period * 1000));
		}

		private Client client() {
			return switch (this) {
				case ENVOY -> new Client("192.0.2.1", "Envoy/HC");
				case ALB, ALB_FAST -> new Client("192.0.2.1", "ELB-HealthChecker/2.0");
				case KUBERNETES -> new Client("10.0.0.1", "kube-probe/1.33");
				default -> new Client("192.0.2.1", "balancer");
			};
		}

		@Override
		public String toString() {
			return this.text;
		}

	}

	/**
	 * One stop.
	 */
	private static final class Simulation {

		private static final double LONGEST_SIMULATION = 200;

		private static final double LEAST_TRAFFIC_BEFORE = 5;

		private static final double REQUESTS_BEFORE = 20;

		private static final double PAUSE = 4;

		private static final double BALANCER_LATER = 0.25;

		private final FakeTime time = new FakeTime();

		private final Traffic traffic = new Traffic(this.time, this.time);

		private final double stop;

		private final double balancerPause;

		private double lastRequest;

		private Simulation(Balancer balancer, double rate, int seed) {
			Random random = new Random(seed);
			double phase = random.nextDouble() * balancer.period;
			this.stop = Math.max(4 * balancer.period, REQUESTS_BEFORE / rate) + random.nextDouble() * balancer.period;
			double paused = this.stop + random.nextDouble() * 4;
			this.balancerPause = (balancer == Balancer.BOTH_PAUSED) ? paused : Double.MAX_VALUE;
			if (balancer == Balancer.HAPROXY_PAUSED || balancer == Balancer.BOTH_PAUSED) {
				this.time.freeze(nanos(paused), nanos(paused + PAUSE));
			}
			if (balancer == Balancer.MONITORED) {
				check(new Client("192.0.2.9", "Blackbox Exporter/0.25.0"), 0.01, 10);
			}
			double left = check(balancer, phase);
			if (balancer.failures == 0) {
				left = this.stop + 0.2 + random.nextDouble() * 2.8;
			}
			send(random, rate, left, (balancer.failures == 0) ? "10.0.0.7" : balancer.client().address());
		}

		private double check(Balancer balancer, double phase) {
			List<Double> failures = check(balancer.client(), phase, balancer.period);
			return (balancer.failures > 0) ? failures.get(balancer.failures - 1) + balancer.lag : this.stop;
		}

		/*
		 * Returns when it was told no.
		 */
		private List<Double> check(Client client, double phase, double period) {
			List<Double> failures = new ArrayList<>();
			for (double check = phase; check < this.stop + LONGEST_SIMULATION; check += period) {
				double sent = sent(check);
				boolean ready = sent < this.stop;
				at(sent, () -> this.traffic.probeAnswered(client, ready));
				if (!ready) {
					failures.add(sent);
				}
			}
			return failures;
		}

		/*
		 * A balancer that stands still sends what it has to send when it goes on.
		 */
		private double sent(double time) {
			return (time >= this.balancerPause) ? time + PAUSE + BALANCER_LATER : time;
		}

		/*
		 * What came long before makes no difference.
		 */
		private void send(Random random, double rate, double end, String address) {
			double time = this.stop - Math.max(LEAST_TRAFFIC_BEFORE, REQUESTS_BEFORE / rate);
			while (true) {
				time -= Math.log(1 - random.nextDouble()) / rate;
				double sent = sent(time);
				if (sent >= end) {
					return;
				}
				this.lastRequest = sent;
				at(sent, () -> this.traffic.requestCame(() -> new Peer(address, true)));
			}
		}

		private void at(double second, Runnable what) {
			this.time.at(nanos(second), what);
		}

		private static Duration nanos(double seconds) {
			return Duration.ofNanos((long) (seconds * 1e9));
		}

		private Duration stop(@Nullable Integer probes) throws InterruptedException {
			this.time.pass(nanos(this.stop));
			this.traffic.watch();
			Duration begin = this.time.passed();
			new LameDuck(null, false, probes, QUIET_PERIOD, this.traffic, this.time)
				.await(Deadline.after(this.time, LONGEST_WAIT));
			return this.time.passed().minus(begin);
		}

		private boolean losesAfter(Duration wait) {
			return this.lastRequest > this.stop + wait.toNanos() / 1e9;
		}

	}

}
