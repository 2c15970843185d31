package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.gracefulboot.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * Looks, before the process ends, for threads that would die at work. If nobody is at
 * work at a single moment, nothing is named: what was left has ended, or waits for work
 * most of the time. Work that goes on may go from one thread to the next.
 */
final class LastLook {

	/**
	 * Longer than the second that loops like to pause for.
	 */
	private static final Duration PATIENCE = Duration.ofMillis(1200);

	private static final long POLL_MILLIS = 20;

	private final Supplier<List<ThreadsAtWork>> sources;

	private final CutOffs cutOffs;

	private final Supplier<BooleanSupplier> connections;

	private volatile Supplier<Set<Thread>> leftToOthers = Set::of;

	private volatile Set<Thread> hooks = Set.of();

	/**
	 * Goes on in the application's code if that closes the context itself.
	 */
	private volatile @Nullable Thread destroying;

	/**
	 * Those that were at work when beans began to be destroyed.
	 */
	private volatile List<BusyThread> before = List.of();

	private volatile @Nullable DestructionWatch destruction;

	/**
	 * Creates the look.
	 * @param sources who knows threads
	 * @param cutOffs what has been named, and is to be
	 * @param connections finds what holds connections
	 */
	LastLook(Supplier<List<ThreadsAtWork>> sources, CutOffs cutOffs, Supplier<BooleanSupplier> connections) {
		this.sources = sources;
		this.cutOffs = cutOffs;
		this.connections = connections;
	}

	/**
	 * Leaves threads to others, who wait for them before the process ends.
	 * @param threads tells the threads
	 */
	void leaveToOthers(Supplier<Set<Thread>> threads) {
		this.leftToOthers = threads;
	}

	/**
	 * Forgets the threads whose work has ended with the resource that it used, such as a
	 * transaction, and not with what is destroyed from now on.
	 * @param hooks the threads of the JVM's shutdown hooks, which it waits for
	 * @param destroying the thread that destroys the beans
	 */
	void destructionBegins(Set<Thread> hooks, Thread destroying) {
		this.hooks = hooks;
		this.destroying = destroying;
		if (!this.before.isEmpty()) {
			Set<Long> atWork = idsNow();
			this.before = this.before.stream().filter((thread) -> atWork.contains(thread.id())).toList();
		}
		if (!this.before.isEmpty()) {
			Set<Long> left = this.before.stream().map(BusyThread::id).collect(Collectors.toSet());
			DestructionWatch watch = new DestructionWatch(destroying, left, this::idsNow, this.connections);
			this.destruction = watch;
			watch.start();
		}
	}

	private Set<Long> idsNow() {
		return now().stream().map(BusyThread::id).collect(Collectors.toSet());
	}

	/**
	 * Returns the threads at work that nobody has named yet, and that nobody waits for.
	 * @return the threads
	 */
	List<BusyThread> now() {
		// What others wait for may begin and end meanwhile
		Set<Long> awaited = new HashSet<>();
		addAwaited(awaited);
		List<BusyThread> atWork = this.sources.get()
			.stream()
			.map(ThreadsAtWork::atWork)
			.flatMap(Collection::stream)
			.filter((thread) -> !this.cutOffs.contains(thread.id()))
			.toList();
		addAwaited(awaited);
		return atWork.stream().filter((thread) -> !awaited.contains(thread.id())).toList();
	}

	private void addAwaited(Set<Long> ids) {
		Stream.of(this.hooks.stream(), this.leftToOthers.get().stream(), Stream.ofNullable(this.destroying))
			.flatMap(Function.identity())
			.map(Thread::getId)
			.forEach(ids::add);
	}

	/**
	 * Waits a moment, before beans are destroyed, until no thread is at work. That spares
	 * work that is almost done, since it may need them.
	 * @param deadline when to wait no longer
	 */
	void beforeDestruction(Deadline deadline) {
		this.before = awaitEnd(deadline);
	}

	private List<BusyThread> awaitEnd(Deadline deadline) {
		Deadline patience = deadline.atMost(PATIENCE);
		List<BusyThread> atWork = now();
		while (!atWork.isEmpty() && !patience.hasPassed() && pause()) {
			atWork = now();
		}
		return atWork;
	}

	/**
	 * Names the threads that are at work, if some have been all the time, and those that
	 * were when beans began to be destroyed and are not any more: their work ended with
	 * what it needed. Whose bean has a method for its end is left to that, and what a
	 * bean has waited for was finished.
	 * @param deadline when to wait no longer
	 */
	void nameAbandoned(Deadline deadline) {
		DestructionWatch destruction = this.destruction;
		Set<Long> finished = (destruction != null) ? destruction.finished() : Set.of();
		(this.before.isEmpty() ? awaitEnd(deadline) : now()).forEach(this.cutOffs::abandon);
		this.before.stream()
			.filter((thread) -> !this.cutOffs.contains(thread.id()) && !finished.contains(thread.id())
					&& !EndOfBean.isKnownTo(thread.type()))
			.forEach(this.cutOffs::abandon);
	}

	private static boolean pause() {
		try {
			Thread.sleep(POLL_MILLIS);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
