package io.github.gracefulboot.traffic;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Collects what the servers of the application see of their clients. Costs a request one
 * volatile write; everything else is worked out when somebody asks.
 */
public final class Traffic implements AutoCloseable, AopInfrastructureBean {

	private static final int MOST_PROBERS = 256;

	private static final int MOST_ANSWERS = 1000;

	private final LongSupplier clock;

	private final WakeUp wakeUp;

	private final RunningTime runningTime;

	private final Arrivals arrivals = new Arrivals();

	private final Map<Client, Prober> probers = new ConcurrentHashMap<>();

	private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

	private final List<ConnectionSource> connectionSources = new CopyOnWriteArrayList<>();

	private final List<ToldBalancer> balancers = new CopyOnWriteArrayList<>();

	private volatile Consumer<Answer> follower = (answer) -> {
	};

	private volatile boolean requestSeen;

	private volatile long lastRequest;

	private volatile boolean watched;

	/**
	 * Creates an empty record.
	 * @param clock the time, as {@link System#nanoTime()} tells it
	 */
	public Traffic(LongSupplier clock) {
		this(clock, new WakeUp());
	}

	/**
	 * Creates an empty record.
	 * @param clock the time, as {@link System#nanoTime()} tells it
	 * @param wakeUp raised at each change while the record {@linkplain #watch() is
	 * watched}
	 */
	public Traffic(LongSupplier clock, WakeUp wakeUp) {
		this.clock = clock;
		this.wakeUp = wakeUp;
		this.runningTime = new RunningTime(clock, wakeUp);
	}

	/**
	 * Returns the clock of this record.
	 * @return the time, as {@link System#nanoTime()} tells it
	 */
	public LongSupplier clock() {
		return this.clock;
	}

	/**
	 * From now on each change raises the signal, and time in which the process stands
	 * still does not count.
	 */
	public void watch() {
		this.watched = true;
		this.runningTime.watch();
	}

	/**
	 * Ends what watches, with the context.
	 */
	@Override
	public void close() {
		this.runningTime.end();
	}

	/**
	 * Returns how long ago something was, without the time in which the process stood
	 * still, so that nothing could happen.
	 * @param nanos when it was, in {@link System#nanoTime()}
	 * @return the time
	 */
	public Duration since(long nanos) {
		return this.runningTime.since(nanos);
	}

	/**
	 * Adds a server's connections.
	 * @param source lists the connections
	 */
	public void addConnectionSource(ConnectionSource source) {
		this.connectionSources.add(source);
	}

	/**
	 * Adds a load balancer that is told of the shutdown.
	 * @param balancer says what it makes of it
	 */
	public void addBalancer(ToldBalancer balancer) {
		this.balancers.add(balancer);
	}

	/**
	 * Returns the load balancers that are told of the shutdown.
	 * @return the load balancers
	 */
	public List<ToldBalancer> balancers() {
		return this.balancers;
	}

	/**
	 * Records that a request came which is no probe.
	 * @param peer gives where it came from. Rarely asked for
	 */
	public void requestCame(Supplier<Peer> peer) {
		long now = this.clock.getAsLong();
		this.lastRequest = now;
		if (!this.requestSeen) {
			this.requestSeen = true;
		}
		this.arrivals.add(now, peer);
	}

	/**
	 * Returns the longest time between two of the last requests: what is silent for
	 * longer has probably left.
	 * @return the time, or empty if there were too few requests to tell
	 */
	public Optional<Duration> longestGap() {
		return this.arrivals.longestGap(this.clock.getAsLong());
	}

	/**
	 * Returns whether a client that probes sends requests, too.
	 * @param client who probes
	 * @return whether one came from its address
	 */
	public boolean comesFrom(Client client) {
		return this.arrivals.comesFrom(client.address());
	}

	/**
	 * Returns whether a client that probes may send requests, too, though they seem to
	 * come from elsewhere.
	 * @param client who probes
	 * @return whether one came from its address, or was passed on by somebody
	 */
	public boolean mayComeFrom(Client client) {
		return comesFrom(client) || this.arrivals.areForwarded();
	}

	/**
	 * Returns what a client that probes is taken for.
	 * @param client who probes
	 * @return what it is
	 */
	public ProberKind kindOf(Client client) {
		if (client.isKubelet()) {
			return ProberKind.KUBELET;
		}
		if (client.routesNothing()) {
			return ProberKind.MONITOR;
		}
		if (client.isBalancer() || client.leavesAtOnce() || comesFrom(client)
				|| this.balancers.stream().anyMatch((balancer) -> balancer.isAt(client.address()))) {
			return ProberKind.BALANCER;
		}
		return (client.isLocal() && !mayComeFrom(client)) ? ProberKind.LOCAL : ProberKind.UNKNOWN;
	}

	/**
	 * Records that a readiness probe was answered. Beyond 256 clients that probe at the
	 * same time, those that route nothing are forgotten, and without any newcomers are
	 * not looked at.
	 * @param client who asked
	 * @param ready whether the answer was that the application is ready
	 */
	public void probeAnswered(Client client, boolean ready) {
		long now = this.clock.getAsLong();
		if (this.probers.size() >= MOST_PROBERS && !this.probers.containsKey(client)) {
			this.probers.values().removeIf((prober) -> !prober.isActive(now));
			if (this.probers.size() >= MOST_PROBERS) {
				// Nobody waits for them, so that somebody could hide a balancer behind
				// them
				this.probers.keySet().removeIf(Client::routesNothing);
			}
			if (this.probers.size() >= MOST_PROBERS) {
				return;
			}
		}
		this.probers.computeIfAbsent(client, Prober::new).answered(now, ready);
		if (this.watched && this.answers.size() < MOST_ANSWERS) {
			Answer answer = new Answer(client, Instant.now(), ready);
			this.answers.add(answer);
			this.follower.accept(answer);
		}
		changed();
	}

	/**
	 * Tells somebody of each answer to those who ask for readiness, while the record is
	 * {@linkplain #watch() watched}.
	 * @param follower who is told
	 */
	public void followAnswers(Consumer<Answer> follower) {
		this.follower = follower;
	}

	/**
	 * Returns what those who asked for readiness were told while the record was
	 * {@linkplain #watch() watched}.
	 * @return the first 1000 answers
	 */
	public List<Answer> answers() {
		return List.copyOf(this.answers);
	}

	/**
	 * Records that a connection or request ended.
	 */
	public void changed() {
		if (this.watched) {
			this.wakeUp.raise();
		}
	}

	/**
	 * Waits for the next change, while the record is {@linkplain #watch() watched}. A
	 * change since the last wait ends it at once.
	 * @param atMost how long to wait at the most
	 * @throws InterruptedException if the waiting thread is interrupted
	 */
	public void awaitChange(Duration atMost) throws InterruptedException {
		this.wakeUp.await(atMost);
	}

	/**
	 * Lets some time pass before the next look, whatever changes meanwhile.
	 * @param time how long
	 * @throws InterruptedException if the waiting thread is interrupted
	 */
	public void pause(Duration time) throws InterruptedException {
		this.wakeUp.pause(time);
	}

	/**
	 * Returns the clients that probe readiness now.
	 * @return the active probers, in no order
	 */
	public List<Prober> activeProbers() {
		long now = this.clock.getAsLong();
		return this.probers.values().stream().filter((prober) -> prober.isActive(now)).toList();
	}

	/**
	 * Returns when the last request came that was no probe.
	 * @return the time, in {@link System#nanoTime()}, or empty if none ever came
	 */
	public OptionalLong lastRequest() {
		return this.requestSeen ? OptionalLong.of(this.lastRequest) : OptionalLong.empty();
	}

	/**
	 * Returns whether any server lists its connections.
	 * @return whether {@link #openConnections()} tells the whole truth
	 */
	public boolean listsConnections() {
		return !this.connectionSources.isEmpty();
	}

	/**
	 * Returns the connections that are open now, of all servers.
	 * @return the open connections, in no order
	 */
	public List<OpenConnection> openConnections() {
		return this.connectionSources.stream()
			.map(ConnectionSource::openConnections)
			.flatMap(Collection::stream)
			.toList();
	}

	/**
	 * An answer to somebody who asked for readiness.
	 *
	 * @param client who asked
	 * @param at when it was answered
	 * @param ready whether the answer was that the application is ready
	 */
	public record Answer(Client client, Instant at, boolean ready) {

	}

}
