package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.OpenConnection.State;
import io.github.gracefulboot.traffic.Prober;
import io.github.gracefulboot.traffic.Traffic;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Waits until load balancers have demonstrably noticed that this instance leaves.
 * <ul>
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
	private static final long BETWEEN_LOOKS_MILLIS = 5;

	/**
	 * How long to wait before a line says so.
	 */
	private static final Duration UNTIL_SAID = Duration.ofSeconds(1);

	private final Duration min;

	private final int probes;

	private final Duration quietPeriod;

	private final Traffic traffic;

	private final LongSupplier clock;

	LameDuck(Duration min, int probes, Duration quietPeriod, Traffic traffic, LongSupplier clock) {
		this.min = min;
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
		Evidence evidence = gatherEvidence(deadline.remaining());
		long start = this.clock.getAsLong();
		boolean said = false;
		while (true) {
			Duration missing = Durations.longer(evidence.missing(), this.min.minus(sinceNanos(start)));
			if (!isPositive(missing)) {
				return new StageEnd(StageResult.COMPLETED, evidence.toString());
			}
			if (deadline.hasPassed()) {
				return new StageEnd(StageResult.TIME_UP, "graceful.lame-duck.max reached; " + evidence);
			}
			if (!said && sinceNanos(start).compareTo(UNTIL_SAID) >= 0) {
				said = true;
				logger.info(LogMessage.format("Still serving, up to %s, while load balancers notice",
						Durations.text(deadline.remaining())));
			}
			Duration pause = Durations.shorter(missing, deadline.remaining());
			this.traffic.awaitChange(said ? pause : Durations.shorter(pause, UNTIL_SAID));
			Thread.sleep(BETWEEN_LOOKS_MILLIS);
		}
	}

	private Evidence gatherEvidence(Duration longestWait) {
		Map<Prober, Integer> wanted = new LinkedHashMap<>();
		for (Prober prober : this.traffic.activeProbers()) {
			long fitting = longestWait.toNanos() / Math.max(1, prober.period().toNanos());
			if (fitting > 0) {
				wanted.put(prober, (int) Math.min(this.probes, fitting));
			}
		}
		if (!wanted.isEmpty()) {
			return new ProberEvidence(wanted);
		}
		return this.traffic.listsConnections() ? new ConnectionEvidence() : new RequestEvidence();
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
		return this.quietPeriod.minus(sinceNanos(nanos));
	}

	private static boolean isPositive(Duration duration) {
		return !duration.isNegative() && !duration.isZero();
	}

	/**
	 * Something by which one can tell that the clients have left.
	 */
	private interface Evidence {

		/*
		 * Returns how long nothing needs to be looked at again unless the signal is
		 * raised. Zero or less if the clients have left.
		 */
		Duration missing();

	}

	/**
	 * Each prober has seen the flip, and requests stopped coming. A prober that asks too
	 * seldom for all answers to fit into the longest wait is given those that fit. One
	 * that goes on to be told that this instance is ready learns nothing by waiting.
	 */
	private final class ProberEvidence implements Evidence {

		private final Map<Prober, Integer> wanted;

		private final Map<Prober, Integer> successesBefore = new HashMap<>();

		private ProberEvidence(Map<Prober, Integer> wanted) {
			this.wanted = wanted;
			wanted.keySet().forEach((prober) -> this.successesBefore.put(prober, prober.successesInARow()));
		}

		/*
		 * One answer more than is wanted: the first may have been under way when
		 * readiness changed.
		 */
		private boolean isMisled(Prober prober) {
			return prober.successesInARow() > this.successesBefore.getOrDefault(prober, 0)
					+ this.wanted.getOrDefault(prober, 0);
		}

		@Override
		public Duration missing() {
			long now = LameDuck.this.clock.getAsLong();
			Duration missing = Duration.ZERO;
			for (Map.Entry<Prober, Integer> entry : this.wanted.entrySet()) {
				Prober prober = entry.getKey();
				if (prober.failuresInARow() < entry.getValue() && prober.isActive(now) && !isMisled(prober)) {
					missing = Durations.longer(missing, Duration.ofNanos(prober.goneAt() - now + 1));
				}
			}
			OptionalLong lastRequest = LameDuck.this.traffic.lastRequest();
			if (lastRequest.isPresent()) {
				missing = Durations.longer(missing, untilQuietSince(lastRequest.getAsLong()));
			}
			for (OpenConnection connection : LameDuck.this.traffic.openConnections()) {
				if (connection.state() == State.FRESH) {
					missing = Durations.longer(missing, untilQuietSince(connection.lastActivity()));
				}
			}
			return missing;
		}

		@Override
		public String toString() {
			return this.wanted.keySet().stream().map(this::describe).collect(Collectors.joining(", "));
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

		/*
		 * A connection that is busy is told to close by the response that it waits for,
		 * and that is the drain's to wait for.
		 */
		private @Nullable Duration missing(OpenConnection connection) {
			if (connection.state() == State.BUSY || connection.state() == State.UPGRADED) {
				return null;
			}
			Duration missing = untilQuietSince(connection.lastActivity());
			return isPositive(missing) ? missing : null;
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
		public String toString() {
			return this.lastRequest.isPresent() ? "no readiness probes; the quiet period is over"
					: "no requests so far";
		}

	}

}
