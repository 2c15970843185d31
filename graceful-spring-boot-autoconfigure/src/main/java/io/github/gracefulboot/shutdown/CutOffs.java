package io.github.gracefulboot.shutdown;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Outcome;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a shutdown cuts off: names it in the log, with the stack of the thread that works
 * on it, and remembers it for the outcome.
 */
final class CutOffs {

	private static final Log logger = LogFactory.getLog(ShutdownSequence.class);

	private final List<String> cutOff = new CopyOnWriteArrayList<>();

	private static final int STACKS = 10;

	private final List<String> abandoned = new CopyOnWriteArrayList<>();

	private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

	private final Set<Participant> participants = ConcurrentHashMap.newKeySet();

	/**
	 * Names the work of a participant, at the first call for it.
	 * @param participant who did not finish
	 */
	void add(Participant participant) {
		if (this.participants.add(participant)) {
			Collection<ActiveTask> tasks = participant.activeTasks();
			if (tasks.isEmpty()) {
				add(participant.name(), null);
			}
			tasks.forEach((task) -> add(task.toString(), task.thread()));
		}
	}

	/**
	 * Names a piece of work.
	 * @param what what it is
	 * @param thread the thread that works on it, or {@code null} if it is not known
	 */
	void add(String what, @Nullable Thread thread) {
		this.cutOff.add(what);
		if (thread != null) {
			this.threads.add(thread);
		}
		logger.warn("Cut off: " + what + ((thread != null) ? stackOf(thread) : ""));
	}

	/**
	 * Names a thread that dies at work, unless its work was named before.
	 * @param task what it is busy with
	 */
	void abandon(ActiveTask task) {
		Thread thread = task.thread();
		if (thread != null && this.threads.add(thread)) {
			String what = "thread " + thread.getName() + " (" + task.description() + ")";
			this.abandoned.add(what);
			logger.warn("Abandoned: " + what + ((this.abandoned.size() <= STACKS) ? stackOf(thread) : ""));
		}
	}

	private static String stackOf(Thread thread) {
		return Arrays.stream(thread.getStackTrace())
			.map((frame) -> System.lineSeparator() + "\tat " + frame)
			.collect(Collectors.joining());
	}

	boolean contains(Participant participant) {
		return this.participants.contains(participant);
	}

	boolean contains(@Nullable Thread thread) {
		return thread != null && this.threads.contains(thread);
	}

	Outcome toOutcome() {
		return new Outcome(Stream.concat(this.cutOff.stream(), this.abandoned.stream()).toList());
	}

	/**
	 * Describes all of it, such as {@code cut off: POST /orders; abandoned: thread jobs-1
	 * (com.example.Jobs.run)}.
	 */
	@Override
	public String toString() {
		return Stream.of(describe("cut off: ", this.cutOff), describe("abandoned: ", this.abandoned))
			.filter((text) -> !text.isEmpty())
			.collect(Collectors.joining("; "));
	}

	private static String describe(String how, List<String> what) {
		return what.isEmpty() ? "" : how + String.join("; ", what);
	}

}
