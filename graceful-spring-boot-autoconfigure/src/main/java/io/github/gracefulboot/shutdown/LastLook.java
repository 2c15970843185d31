package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

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

	LastLook(List<ThreadsAtWork> sources, CutOffs cutOffs) {
		this.sources = sources;
		this.cutOffs = cutOffs;
	}

	/**
	 * Returns the threads at work that nobody has named yet.
	 * @return the threads
	 */
	List<BusyThread> now() {
		return this.sources.stream()
			.map(ThreadsAtWork::atWork)
			.flatMap(Collection::stream)
			.filter((thread) -> !this.cutOffs.contains(thread.id()))
			.toList();
	}

	/**
	 * Names the threads that are at work, if some have been all the time.
	 * @param deadline when to wait no longer
	 */
	void nameAbandoned(Deadline deadline) {
		Deadline patience = deadline.atMost(PATIENCE);
		List<BusyThread> atWork = now();
		while (!atWork.isEmpty() && !patience.hasPassed() && pause()) {
			atWork = now();
		}
		atWork.forEach(this.cutOffs::abandon);
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
