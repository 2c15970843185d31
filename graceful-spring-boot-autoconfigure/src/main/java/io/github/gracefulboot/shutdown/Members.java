package io.github.gracefulboot.shutdown;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * The beans of a context that take part in its shutdown. They are asked for once: after
 * they were destroyed they could only be created anew.
 */
final class Members {

	private final Supplier<List<Named<Announcer>>> announcers;

	private final Supplier<List<Participant>> participants;

	private final Supplier<List<Named<StageListener>>> listeners;

	private final Supplier<List<ThreadsAtWork>> threads;

	private final Supplier<Optional<HandOver>> handOvers;

	private final Supplier<List<String>> pausing;

	private final Supplier<BooleanSupplier> connections;

	private final Collection<String> missing;

	private volatile @Nullable HandOver handOver;

	Members(OwnBeans beans, Supplier<List<String>> pausing) {
		this(beans, pausing, new ConcurrentLinkedQueue<>());
	}

	private Members(OwnBeans beans, Supplier<List<String>> pausing, Queue<String> missing) {
		this(() -> beans.orderedIfPossible(Announcer.class),
				() -> beans.orderedIfPossible(DrainParticipant.class, missing::add),
				() -> beans.orderedIfPossible(StageListener.class),
				() -> beans.orderedIfPossible(ThreadsAtWork.class).stream().map(Named::instance).toList(),
				() -> beans.existing(HandOver.BEAN, HandOver.class), pausing, beans::connections, missing);
	}

	Members(Supplier<List<Named<Announcer>>> announcers, Supplier<List<Named<DrainParticipant>>> participants,
			Supplier<List<Named<StageListener>>> listeners, Supplier<List<ThreadsAtWork>> threads,
			Supplier<Optional<HandOver>> handOvers, Supplier<List<String>> pausing) {
		this(announcers, participants, listeners, threads, handOvers, pausing, () -> () -> true, List.of());
	}

	private Members(Supplier<List<Named<Announcer>>> announcers, Supplier<List<Named<DrainParticipant>>> participants,
			Supplier<List<Named<StageListener>>> listeners, Supplier<List<ThreadsAtWork>> threads,
			Supplier<Optional<HandOver>> handOvers, Supplier<List<String>> pausing,
			Supplier<BooleanSupplier> connections, Collection<String> missing) {
		this.announcers = SingletonSupplier.of(announcers);
		this.participants = SingletonSupplier.of(() -> participants.get().stream().map(Participant::of).toList());
		this.listeners = SingletonSupplier.of(listeners);
		this.threads = SingletonSupplier.of(threads);
		this.handOvers = handOvers;
		this.pausing = pausing;
		this.connections = connections;
		this.missing = missing;
	}

	List<Named<Announcer>> announcers() {
		return this.announcers.get();
	}

	List<Participant> participants() {
		return this.participants.get();
	}

	/**
	 * Returns the participants that cannot be created.
	 * @return the names of their beans
	 */
	Collection<String> missing() {
		participants();
		return this.missing;
	}

	List<Named<StageListener>> listeners() {
		return this.listeners.get();
	}

	List<ThreadsAtWork> threads() {
		return this.threads.get();
	}

	/**
	 * Returns who pauses between the begin of the shutdown and the stop of the web
	 * server.
	 * @return the methods
	 */
	List<String> pausing() {
		return this.pausing.get();
	}

	/**
	 * Finds the beans that hold connections.
	 * @return whether all of them are open still
	 */
	BooleanSupplier connections() {
		return this.connections.get();
	}

	/**
	 * Returns who knows the processes before and after this one. Unlike the others it is
	 * not created: whoever is asked for before the start has come that far, or after the
	 * beans are gone, would talk to other processes.
	 * @return the bean, empty where there is no hand-over, or not yet
	 */
	Optional<HandOver> handOver() {
		HandOver handOver = this.handOver;
		if (handOver == null) {
			handOver = this.handOvers.get().orElse(null);
			this.handOver = handOver;
		}
		return Optional.ofNullable(handOver);
	}

}
