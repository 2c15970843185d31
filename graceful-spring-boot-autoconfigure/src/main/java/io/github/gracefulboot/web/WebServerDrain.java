package io.github.gracefulboot.web;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.DrainProperties.Streams;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.LifecyclePhases;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.traffic.WakeUp;
import io.github.gracefulboot.web.stream.LongLivedStreams;

import org.springframework.boot.web.server.context.WebServerApplicationContext;

/**
 * Drains the web servers: closes their listeners, ends streams, waits until nothing is in
 * flight, and closes what is idle last. Then nothing is left to wait for in Spring Boot's
 * own graceful shutdown, which follows.
 *
 * @since 0.1.0
 */
public final class WebServerDrain implements DrainParticipant, Announcer {

	private static final Duration UNTIL_NEXT_LOOK = Duration.ofSeconds(1);

	/**
	 * How soon to look again at a connection whose last bytes are being written: servers
	 * tell when they close a connection but not when they keep it.
	 */
	private static final Duration LAST_BYTES = Duration.ofMillis(1);

	/**
	 * How long before the end of the drain streams are ended that were waited for, so
	 * that their clients still hear of it.
	 */
	private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(1);

	private static final int FAREWELL_PART = 4;

	private final List<DrainableServer> servers = new CopyOnWriteArrayList<>();

	private final InFlightRequests requests;

	private final Supplier<List<LongLivedStreams>> streams;

	private final Streams whatToDoWithStreams;

	private final Traffic traffic;

	private final WakeUp signal;

	private final LifecyclePhases phases;

	private final WaitingPolicy policy;

	WebServerDrain(InFlightRequests requests, Supplier<List<LongLivedStreams>> streams, Streams whatToDoWithStreams,
			Traffic traffic, WakeUp signal, LifecyclePhases phases, WaitingPolicy policy) {
		this.requests = requests;
		this.streams = streams;
		this.whatToDoWithStreams = whatToDoWithStreams;
		this.traffic = traffic;
		this.signal = signal;
		this.phases = phases;
		this.policy = policy;
	}

	/**
	 * Adds a server to drain.
	 * @param server the server
	 */
	public void add(DrainableServer server) {
		this.servers.add(server);
		this.traffic.addConnectionSource(server);
	}

	@Override
	public void announceStop(Deadline deadline) {
		this.servers.forEach(DrainableServer::tellClientsToLeave);
	}

	@Override
	public String name() {
		return "web server";
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		return Stream.concat(this.requests.toTasks().stream(), openStreams()).toList();
	}

	private Stream<ActiveTask> openStreams() {
		return this.streams.get().stream().map(LongLivedStreams::openStreams).flatMap(Collection::stream);
	}

	@Override
	public CompletionStage<?> drain(Deadline deadline) {
		if (this.servers.isEmpty() || !this.policy.drains()) {
			limitBootsGracefulShutdown(deadline.remaining());
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> drained = new CompletableFuture<>();
		DaemonThreads.start("graceful-drain-web", () -> drain(deadline, drained));
		return drained;
	}

	private void drain(Deadline deadline, CompletableFuture<Void> drained) {
		try {
			limitBootsGracefulShutdown(Duration.ZERO);
			this.requests.serveUntil(deadline);
			this.servers.forEach((server) -> server.closeListeners(deadline));
			if (this.whatToDoWithStreams == Streams.WAIT && drainUntil(farewell(deadline))) {
				drained.complete(null);
				return;
			}
			this.streams.get().forEach((streams) -> streams.end(deadline));
			if (drainUntil(deadline)) {
				drained.complete(null);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException | Error ex) {
			limitBootsGracefulShutdown(deadline.remaining());
			drained.completeExceptionally(ex);
		}
	}

	private static Deadline farewell(Deadline deadline) {
		return deadline.minus(Durations.shorter(deadline.remaining().dividedBy(FAREWELL_PART), LONGEST_FAREWELL));
	}

	private boolean drainUntil(Deadline deadline) throws InterruptedException {
		while (awaitNothingInFlight(deadline)) {
			if (closeIdleConnections()) {
				limitBootsGracefulShutdown(UNTIL_NEXT_LOOK);
				return true;
			}
		}
		return false;
	}

	private boolean awaitNothingInFlight(Deadline deadline) throws InterruptedException {
		Duration missing = missing();
		while (!missing.isZero() && !deadline.hasPassed()) {
			this.signal.await(deadline.atMost(missing).remaining());
			missing = missing();
		}
		return missing.isZero();
	}

	/*
	 * Returns how long nothing needs to be looked at again unless the signal is raised.
	 * Zero if nothing is in flight, nothing can be any more, and every connection that is
	 * left was idle long enough.
	 */
	private Duration missing() {
		if (!this.requests.isEmpty() || openStreams().findAny().isPresent()) {
			return UNTIL_NEXT_LOOK;
		}
		Duration missing = Duration.ZERO;
		for (OpenConnection connection : this.traffic.openConnections()) {
			Duration wait = switch (connection.state()) {
				case BUSY -> LAST_BYTES;
				case FRESH, READING, IDLE ->
					this.policy.quietPeriod().minusNanos(System.nanoTime() - connection.lastActivity());
				case UPGRADED -> Duration.ZERO;
			};
			missing = (wait.compareTo(missing) > 0) ? wait : missing;
		}
		return missing;
	}

	private boolean closeIdleConnections() {
		boolean closedAll = true;
		for (DrainableServer server : this.servers) {
			closedAll &= server.closeIdleConnections();
		}
		return closedAll;
	}

	private void limitBootsGracefulShutdown(Duration timeout) {
		this.phases.limit(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE, timeout);
	}

}
