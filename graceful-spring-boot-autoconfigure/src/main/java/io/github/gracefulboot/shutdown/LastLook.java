package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import io.github.gracefulboot.Deadline;

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

	private final List<ThreadsAtWork> sources;

	private final CutOffs cutOffs;

	private final Supplier<Set<Thread>> awaited;

	/**
	 * Creates the look.
	 * @param sources who knows threads
	 * @param cutOffs what has been named, and is to be
	 * @param awaited tells the threads that others wait for before the process ends
	 */
	LastLook(List<ThreadsAtWork> sources, CutOffs cutOffs, Supplier<Set<Thread>> awaited) {
		this.sources = sources;
		this.cutOffs = cutOffs;
		this.awaited = awaited;
	}

	/**
	 * Returns the threads at work that nobody has named yet, and that nobody waits for.
	 * @return the threads
	 */
	List<BusyThread> now() {
		// What they wait for may begin and end meanwhile
		Set<Long> awaited = new HashSet<>();
		addAwaited(awaited);
		List<BusyThread> atWork = this.sources.stream()
			.map(ThreadsAtWork::atWork)
			.flatMap(Collection::stream)
			.filter((thread) -> !this.cutOffs.contains(thread.id()))
			.toList();
		addAwaited(awaited);
		return atWork.stream().filter((thread) -> !awaited.contains(thread.id())).toList();
	}

	private void addAwaited(Set<Long> ids) {
		this.awaited.get().forEach((thread) -> ids.add(thread.getId()));
	}

	/**
	 * Waits a moment until no thread is at work. Before beans are destroyed that spares
	 * work that is almost done, since it may need them.
	 * @param deadline when to wait no longer
	 * @return the threads that are still at work
	 */
	List<BusyThread> awaitEnd(Deadline deadline) {
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
	 * what it needed. Whose bean has a method for its end is left to that.
	 * @param deadline when to wait no longer
	 * @param before the threads that were still at work after a wait
	 */
	void nameAbandoned(Deadline deadline, List<BusyThread> before) {
		(before.isEmpty() ? awaitEnd(deadline) : now()).forEach(this.cutOffs::abandon);
		before.stream()
			.filter((thread) -> !this.cutOffs.contains(thread.id()) && !EndOfBean.isKnownTo(thread.type()))
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
