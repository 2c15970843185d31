package io.github.gracefulboot.web;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.shutdown.DrainProperties.Streams;
import io.github.gracefulboot.shutdown.LifecyclePhases;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.shutdown.WaitsForOthers;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.OpenConnection.State;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.stream.LongLivedStreams;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

/**
 * Drains the web servers: closes their listeners, ends streams, waits until nothing is in
 * flight, and closes what is idle last. Then nothing is left to wait for in Spring Boot's
 * own graceful shutdown, which follows.
 */
public final class WebServerDrain
		implements DrainParticipant, Announcer, WaitsForOthers, LifecyclePhases.Limit, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(WebServerDrain.class);

	private static final Duration UNTIL_NEXT_LOOK = Duration.ofSeconds(1);

	/**
	 * How soon to look again at a connection whose last bytes are being written: servers
	 * tell when they close a connection but not when they keep it.
	 */
	private static final Duration LAST_BYTES = Duration.ofMillis(1);

	/**
	 * What Spring Boot's own graceful shutdown may take of a server that was drained,
	 * which has nothing more to do then.
	 */
	private static final Duration ALREADY_DRAINED = Duration.ofSeconds(1);

	private final List<DrainableServer> servers = new CopyOnWriteArrayList<>();

	private final InFlightRequests requests;

	private final Supplier<List<LongLivedStreams>> streams;

	private final Streams streamPolicy;

	private final Traffic traffic;

	private final WaitingPolicy policy;

	/**
	 * For Spring Boot's own graceful shutdown, which has its time only where there is
	 * nothing to drain here.
	 */
	private volatile @Nullable Duration phaseTimeout;

	/**
	 * The end of the drain, while streams wait for the application to say its last word.
	 */
	private volatile @Nullable Deadline awaitingOthers;

	private volatile boolean othersWereTold;

	WebServerDrain(InFlightRequests requests, Supplier<List<LongLivedStreams>> streams, Streams streamPolicy,
			Traffic traffic, WaitingPolicy policy) {
		this.requests = requests;
		this.streams = streams;
		this.streamPolicy = streamPolicy;
		this.traffic = traffic;
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
	public void drain(Deadline deadline) throws InterruptedException, TimeoutException {
		if (this.servers.isEmpty() || !this.policy.drains()) {
			return;
		}
		this.phaseTimeout = Duration.ZERO;
		this.requests.serveUntil(deadline);
		this.servers.forEach((server) -> server.closeListeners(deadline));
		boolean drained = false;
		try {
			drained = drainBy(deadline);
		}
		finally {
			if (!this.requests.isEmpty()) {
				this.servers.forEach(DrainableServer::abandonRequests);
			}
		}
		if (drained) {
			this.phaseTimeout = ALREADY_DRAINED;
		}
		else if (openConnections().stream().anyMatch((connection) -> connection.state() == State.BUSY)) {
			// Also where no request is known, as of an upgraded connection's handler
			throw new TimeoutException();
		}
	}

	private boolean drainBy(Deadline deadline) throws InterruptedException {
		this.awaitingOthers = (this.streamPolicy == Streams.CLOSE) ? deadline : null;
		if (drainUntil(Streams.farewell(deadline))) {
			return true;
		}
		this.awaitingOthers = null;
		this.streams.get().forEach((streams) -> end(streams, deadline));
		return drainUntil(deadline);
	}

	/**
	 * Ends streams, without which requests are waited for all the same.
	 */
	private static void end(LongLivedStreams streams, Deadline deadline) {
		try {
			streams.end(deadline);
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Streams could not be ended, they are waited for", ex);
		}
	}

	@Override
	public boolean waitsForOthers() {
		Deadline drain = this.awaitingOthers;
		List<LongLivedStreams> streams = this.streams.get();
		if (drain == null || streams.stream().anyMatch(LongLivedStreams::areAtWork)) {
			return false;
		}
		int requests = streams.stream().mapToInt((open) -> open.requests(drain)).sum();
		return this.requests.size() <= requests
				&& (requests > 0 || streams.stream().anyMatch(LongLivedStreams::areOpen));
	}

	@Override
	public void othersWereTold() {
		this.othersWereTold = true;
		this.traffic.changed();
	}

	private boolean drainUntil(Deadline deadline) throws InterruptedException {
		while (awaitNothingInFlight(deadline)) {
			if (closeIdleConnections()) {
				return true;
			}
		}
		return false;
	}

	private boolean awaitNothingInFlight(Deadline deadline) throws InterruptedException {
		Duration missing = missing();
		while (!missing.isZero() && !deadline.hasPassed() && !(this.awaitingOthers != null && this.othersWereTold)) {
			this.traffic.awaitChange(deadline.atMost(missing).remaining());
			missing = missing();
		}
		return missing.isZero();
	}

	/**
	 * Tells whether nothing is in flight, nothing can be any more, and every connection
	 * that is left was idle long enough.
	 * @return zero if so, else how long nothing needs to be looked at again unless the
	 * wake-up is raised
	 */
	private Duration missing() {
		if (!this.requests.isEmpty() || this.streams.get().stream().anyMatch(LongLivedStreams::areOpen)) {
			return UNTIL_NEXT_LOOK;
		}
		Duration missing = Duration.ZERO;
		for (OpenConnection connection : openConnections()) {
			Duration wait = switch (connection.state()) {
				case BUSY -> LAST_BYTES;
				case FRESH, READING, IDLE ->
					this.policy.quietPeriod().minus(this.traffic.since(connection.lastActivity()));
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

	private List<OpenConnection> openConnections() {
		return this.servers.stream().map(DrainableServer::openConnections).flatMap(Collection::stream).toList();
	}

	@Override
	public int phase() {
		return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
	}

	@Override
	public Duration timeout(Deadline release) {
		Duration timeout = this.phaseTimeout;
		return (timeout != null) ? timeout : release.remaining();
	}

}
