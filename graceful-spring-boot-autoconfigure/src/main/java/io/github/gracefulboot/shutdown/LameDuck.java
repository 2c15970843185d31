package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.OpenConnection.State;
import io.github.gracefulboot.traffic.Prober;
import io.github.gracefulboot.traffic.ToldBalancer;
import io.github.gracefulboot.traffic.ToldBalancer.Answer;
import io.github.gracefulboot.traffic.Traffic;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Waits until load balancers have demonstrably noticed that this instance leaves.
 * <ul>
 * <li>Where a load balancer was told and says that it sends nothing more: at once, as far
 * as its own probes and requests go.</li>
 * <li>Where somebody probes readiness: until each prober was given enough failing answers
 * and no request has come for the quiet period.</li>
 * <li>Where nobody probes and clients are connected: until each connection that was open
 * was told to close, which closes it, or stayed idle for the quiet period. A balancer
 * with passive checks learns only from a refused connection, so that waiting longer would
 * tell it nothing.</li>
 * <li>Where nobody is there: not at all.</li>
 * </ul>
 */
final class LameDuck {

	private static final Log logger = LogFactory.getLog(ShutdownSequence.class);

	/**
	 * Each look asks for the state of every connection, and each request gives a reason
	 * to look.
	 */
	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

	/**
	 * A load balancer that was told raises the signal when it answers.
	 */
	private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(200);

	/**
	 * How old the last request may be for more to be expected.
	 */
	private static final Duration RECENT = Duration.ofMinutes(1);

	/**
	 * How long to wait before a line says so.
	 */
	private static final Duration UNTIL_SAID = Duration.ofSeconds(1);

	/**
	 * The failing answers after which balancers leave, as HAProxy and Kubernetes do by
	 * default.
	 */
	private static final int THRESHOLD = 3;

	/**
	 * Those after which silence that is convincing is enough.
	 */
	private static final int THRESHOLD_IN_SILENCE = 2;

	/**
	 * How many probers a line names: behind a mesh there can be hundreds.
	 */
	private static final int MAX_DESCRIBED = 10;

	/**
	 * By how much silence has to exceed the longest gap between the last 64 requests to
	 * be convincing. Of n gaps at random, the next one is longer than k times the longest
	 * with a probability of n! k! / (n + k)!: one in 760,000.
	 */
	private static final int CONVINCING = 4;

	/**
	 * Until when clients may come after a pod's deletion: endpoints are removed within
	 * 0.1 to 3 s.
	 */
	private static final Duration ENDPOINT_LAG = Duration.ofSeconds(4);

	private final @Nullable Duration min;

	private final boolean kubernetes;

	private final @Nullable Integer probes;

	private final Duration quietPeriod;

	private final Traffic traffic;

	private final LongSupplier clock;

	/**
	 * Creates the stage.
	 * @param min the shortest wait, or {@code null} to leave it to the platform
	 * @param kubernetes whether the platform is Kubernetes
	 * @param probes the number of failing answers for each prober, or {@code null} to let
	 * silence decide
	 * @param quietPeriod the least time without a request
	 * @param traffic what is known of clients
	 * @param clock the time
	 */
	LameDuck(@Nullable Duration min, boolean kubernetes, @Nullable Integer probes, Duration quietPeriod,
			Traffic traffic, LongSupplier clock) {
		this.min = min;
		this.kubernetes = kubernetes;
		this.probes = probes;
		this.quietPeriod = quietPeriod;
		this.traffic = traffic;
		this.clock = clock;
	}

	/**
	 * Waits.
	 * @param deadline when to stop waiting
	 * @return why the wait ended
	 * @throws InterruptedException if the thread is interrupted
	 */
	StageEnd await(Deadline deadline) throws InterruptedException {
		Duration longest = deadline.remaining();
		Evidence evidence = gatherEvidence(longest);
		Duration min = (this.min != null) ? this.min : Duration.ZERO;
		if (this.min == null && isReachedByEndpoints()) {
			evidence = new EndpointEvidence(evidence);
			min = ENDPOINT_LAG;
		}
		long start = this.clock.getAsLong();
		boolean said = false;
		while (true) {
			Duration missing = Durations.longer(evidence.missing(), min.minus(this.traffic.since(start)));
			if (!Durations.isPositive(missing)) {
				return new StageEnd(StageResult.COMPLETED, evidence.toString(), evidence.kind());
			}
			if (deadline.hasPassed()) {
				evidence.warnOfWhatIsMissing();
				return new StageEnd(StageResult.TIME_UP,
						"longest wait of %s is over; %s".formatted(Durations.text(longest), evidence),
						StageResult.TIME_UP.id());
			}
			if (!said && sinceNanos(start).compareTo(UNTIL_SAID) >= 0) {
				said = true;
				logger.info(LogMessage.format("Still serving, up to %s, while load balancers notice",
						Durations.text(deadline.remaining())));
			}
			Duration pause = Durations.shorter(missing, deadline.remaining());
			this.traffic.awaitChange(said ? pause : Durations.shorter(pause, UNTIL_SAID));
			this.traffic.pause(BETWEEN_LOOKS);
		}
	}

	/**
	 * Returns whether requests came, and not before long, from where a kubelet has to do
	 * with whether they come.
	 */
	private boolean isReachedByEndpoints() {
		return Durations.isPositive(untilSilentFor(RECENT)) && (this.kubernetes
				|| this.traffic.activeProbers().stream().anyMatch((prober) -> prober.client().isKubelet()));
	}

	private Evidence gatherEvidence(Duration longestWait) {
		List<Prober> probers = this.traffic.activeProbers();
		Evidence evidence = gatherEvidence(probers, longestWait);
		List<ToldBalancer> balancers = this.traffic.balancers();
		if (balancers.isEmpty()) {
			return evidence;
		}
		List<Prober> others = probers.stream()
			.filter((prober) -> balancers.stream().noneMatch((balancer) -> balancer.isAt(prober.client().address())))
			.toList();
		return new BalancerEvidence(balancers, evidence, gatherEvidence(others, longestWait));
	}

	private Evidence gatherEvidence(List<Prober> probers, Duration longestWait) {
		Map<Prober, Integer> wanted = new LinkedHashMap<>();
		for (Prober prober : probers) {
			long fitting = longestWait.toNanos() / Math.max(1, prober.period().toNanos());
			if (!mayRoute(prober.client())) {
				logger.debug(LogMessage.format("Not waiting for %s, which routes no requests", prober));
			}
			else if (routes(prober.client())) {
				wanted.put(prober, answers(prober, THRESHOLD_IN_SILENCE));
			}
			else if (fitting > 0) {
				wanted.put(prober, (int) Math.min(answers(prober, THRESHOLD_IN_SILENCE), fitting));
			}
		}
		if (!wanted.isEmpty()) {
			return new ProberEvidence(wanted);
		}
		return this.traffic.listsConnections() ? new ConnectionEvidence() : new RequestEvidence();
	}

	private int answers(Prober prober, int usually) {
		return (this.probes != null) ? this.probes : prober.client().leavesAtOnce() ? 1 : usually;
	}

	/**
	 * Returns whether a prober may be a load balancer. The health check of a container is
	 * on the same machine, where no requests come from.
	 */
	private boolean mayRoute(Client client) {
		return !client.routesNothing() && (!client.isLocal() || this.traffic.mayComeFrom(client));
	}

	private boolean routes(Client client) {
		return client.isBalancer() || this.traffic.comesFrom(client);
	}

	private Duration sinceNanos(long nanos) {
		return Duration.ofNanos(this.clock.getAsLong() - nanos);
	}

	/**
	 * Returns how much of the quiet period is still missing.
	 * @param nanos when the last activity was
	 * @return the time, zero or less if none is missing
	 */
	private Duration untilQuietSince(long nanos) {
		return this.quietPeriod.minus(this.traffic.since(nanos));
	}

	private Duration untilQuiet() {
		return untilSilentFor(this.quietPeriod);
	}

	private Duration untilSilentFor(Duration silence) {
		OptionalLong lastRequest = this.traffic.lastRequest();
		return lastRequest.isPresent() ? silence.minus(this.traffic.since(lastRequest.getAsLong())) : Duration.ZERO;
	}

	/**
	 * Something by which one can tell that the clients have left.
	 */
	private interface Evidence {

		/**
		 * Returns how long nothing needs to be looked at again unless the signal is
		 * raised. Zero or less if the clients have left.
		 */
		Duration missing();

		/**
		 * Returns what it is, for meters.
		 */
		String kind();

		/**
		 * Says who may still send requests, and what to do about it.
		 */
		default void warnOfWhatIsMissing() {
		}

	}

	/**
	 * Requests stopped coming, whatever probes say: on Kubernetes it is the deletion that
	 * keeps them away.
	 */
	private final class EndpointEvidence implements Evidence {

		private final Evidence other;

		private EndpointEvidence(Evidence other) {
			this.other = other;
		}

		@Override
		public Duration missing() {
			return Durations.longer(this.other.missing(), untilQuiet());
		}

		@Override
		public void warnOfWhatIsMissing() {
			this.other.warnOfWhatIsMissing();
		}

		@Override
		public String kind() {
			return "endpoints";
		}

		@Override
		public String toString() {
			return this.other + "; endpoints on Kubernetes were given " + Durations.text(ENDPOINT_LAG);
		}

	}

	/**
	 * Load balancers were told. While they have not answered they are waited for. When
	 * all of them have drained, only the evidence of others is missing, and until then
	 * that of everybody.
	 */
	private final class BalancerEvidence implements Evidence {

		private final List<ToldBalancer> balancers;

		private final Evidence everybody;

		private final Evidence others;

		private BalancerEvidence(List<ToldBalancer> balancers, Evidence everybody, Evidence others) {
			this.balancers = balancers;
			this.everybody = everybody;
			this.others = others;
		}

		@Override
		public Duration missing() {
			if (haveDrained()) {
				return this.others.missing();
			}
			boolean pending = this.balancers.stream().anyMatch((balancer) -> balancer.answer() == Answer.PENDING);
			return Durations.longer(this.everybody.missing(), pending ? BETWEEN_QUESTIONS : Duration.ZERO);
		}

		@Override
		public void warnOfWhatIsMissing() {
			(haveDrained() ? this.others : this.everybody).warnOfWhatIsMissing();
		}

		private boolean haveDrained() {
			return this.balancers.stream().allMatch((balancer) -> balancer.answer() == Answer.DRAINED);
		}

		@Override
		public String kind() {
			return haveDrained() ? "balancers" : this.everybody.kind();
		}

		@Override
		public String toString() {
			String answers = this.balancers.stream()
				.map((balancer) -> balancer + " " + text(balancer.answer()))
				.collect(Collectors.joining(", "));
			return answers + "; others: " + (haveDrained() ? this.others : this.everybody);
		}

		private String text(Answer answer) {
			return switch (answer) {
				case DRAINED -> "sends no more requests";
				case DRAINING -> "has not drained";
				case PENDING -> "did not answer";
				case UNKNOWN -> "was not reached";
			};
		}

	}

	/**
	 * Each prober has seen the flip, and requests stopped coming. Balancers differ in how
	 * many failing answers they need: with fewer than most of them need, the silence has
	 * to be convincing. A prober that asks too seldom for all answers to fit into the
	 * longest wait is given those that fit. One that asks no more has gone, unless
	 * requests tell that it only stood still. One that goes on to be told that this
	 * instance is ready learns nothing by waiting.
	 */
	private final class ProberEvidence implements Evidence {

		private final Map<Prober, Integer> wanted;

		private final Map<Prober, Integer> successesBefore = new HashMap<>();

		private final Duration convincing;

		private ProberEvidence(Map<Prober, Integer> wanted) {
			this.wanted = wanted;
			wanted.keySet().forEach((prober) -> this.successesBefore.put(prober, prober.successesInARow()));
			this.convincing = LameDuck.this.traffic.longestGap()
				.map((gap) -> gap.multipliedBy(CONVINCING))
				.orElse(RECENT);
		}

		/**
		 * One answer more than is wanted: the first may have been under way when
		 * readiness changed.
		 */
		private boolean isMisled(Prober prober) {
			return prober.successesInARow() > this.successesBefore.getOrDefault(prober, 0)
					+ this.wanted.getOrDefault(prober, 0);
		}

		@Override
		public Duration missing() {
			Duration missing = untilQuiet();
			for (Map.Entry<Prober, Integer> entry : this.wanted.entrySet()) {
				missing = Durations.longer(missing, missing(entry.getKey(), entry.getValue()));
			}
			for (OpenConnection connection : LameDuck.this.traffic.openConnections()) {
				if (connection.state() == State.FRESH) {
					missing = Durations.longer(missing, untilQuietSince(connection.lastActivity()));
				}
			}
			return missing;
		}

		private Duration missing(Prober prober, int wanted) {
			int failures = prober.failuresInARow();
			if (failures >= answers(prober, THRESHOLD) || isMisled(prober)) {
				return Duration.ZERO;
			}
			Duration untilGone = Durations.longer(
					prober.patience().minus(LameDuck.this.traffic.since(prober.lastAsked())).plusNanos(1),
					untilSilentFor(prober.patience()));
			return (failures < wanted) ? untilGone : Durations.shorter(untilGone, untilSilentFor(this.convincing));
		}

		@Override
		public void warnOfWhatIsMissing() {
			if (Durations.isPositive(untilQuiet())) {
				logger
					.warn(LogMessage.format("Requests still come at the end of the longest wait, and may be lost (%s): "
							+ "let the load balancer ask for readiness more often, or raise graceful.lame-duck.max and "
							+ "graceful.shutdown.timeout", this));
				return;
			}
			this.wanted.forEach((prober, answers) -> {
				if (routes(prober.client()) && Durations.isPositive(missing(prober, answers))) {
					logger.warn(LogMessage.format("%s asks for readiness only each %s, and may send requests after the "
							+ "longest wait: let it ask more often, or raise graceful.lame-duck.max and "
							+ "graceful.shutdown.timeout", prober, Durations.text(prober.period())));
				}
			});
		}

		@Override
		public String kind() {
			return "probes";
		}

		@Override
		public String toString() {
			String described = this.wanted.keySet()
				.stream()
				.sorted(Comparator.comparing(this::isMisled).reversed())
				.limit(MAX_DESCRIBED)
				.map(this::describe)
				.collect(Collectors.joining(", "));
			int more = this.wanted.size() - MAX_DESCRIBED;
			return (more > 0) ? "%s, and %d more".formatted(described, more) : described;
		}

		private String describe(Prober prober) {
			if (isMisled(prober)) {
				return "%s received no failing readiness responses: check who answers the path that it requests"
					.formatted(prober.client());
			}
			int failures = prober.failuresInARow();
			return "%s received %d failing readiness %s".formatted(prober.client(), failures,
					(failures == 1) ? "response" : "responses");
		}

	}

	/**
	 * Each connection that was open has closed or was idle long enough.
	 */
	private final class ConnectionEvidence implements Evidence {

		private final Set<Object> open = new HashSet<>();

		private final int openAtFirst;

		private ConnectionEvidence() {
			LameDuck.this.traffic.openConnections().forEach((connection) -> this.open.add(connection.id()));
			this.openAtFirst = this.open.size();
		}

		@Override
		public Duration missing() {
			Duration missing = Duration.ZERO;
			Set<Object> stillOpen = new HashSet<>();
			for (OpenConnection connection : LameDuck.this.traffic.openConnections()) {
				Duration wait = missing(connection);
				if (wait != null && this.open.contains(connection.id())) {
					stillOpen.add(connection.id());
					missing = Durations.longer(missing, wait);
				}
			}
			this.open.retainAll(stillOpen);
			return missing;
		}

		/**
		 * A connection that is busy is told to close by the response that it waits for,
		 * and that is the drain's to wait for.
		 */
		private @Nullable Duration missing(OpenConnection connection) {
			if (connection.state() == State.BUSY || connection.state() == State.UPGRADED) {
				return null;
			}
			Duration missing = untilQuietSince(connection.lastActivity());
			return Durations.isPositive(missing) ? missing : null;
		}

		@Override
		public String kind() {
			return (this.openAtFirst == 0) ? "nobody" : "connections";
		}

		@Override
		public String toString() {
			if (this.openAtFirst == 0) {
				return "no clients connected";
			}
			return "no readiness probes; %d of %d connections still active".formatted(this.open.size(),
					this.openAtFirst);
		}

	}

	/**
	 * The server does not list its connections: the last request was long enough ago, or
	 * the quiet period was waited for once.
	 */
	private final class RequestEvidence implements Evidence {

		private final OptionalLong lastRequest = LameDuck.this.traffic.lastRequest();

		@Override
		public Duration missing() {
			return this.lastRequest.isPresent() ? untilQuietSince(this.lastRequest.getAsLong()) : Duration.ZERO;
		}

		@Override
		public String kind() {
			return this.lastRequest.isPresent() ? "silence" : "nobody";
		}

		@Override
		public String toString() {
			return this.lastRequest.isPresent() ? "no readiness probes; the quiet period is over"
					: "no requests so far";
		}

	}

}
