package io.github.gracefulboot.shutdown;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

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
		logger.warn("Cut off: " + what + ((thread != null) ? stackOf(thread) : ""));
	}

	private static String stackOf(Thread thread) {
		return Arrays.stream(thread.getStackTrace())
			.map((frame) -> System.lineSeparator() + "\tat " + frame)
			.collect(Collectors.joining());
	}

	boolean contains(Participant participant) {
		return this.participants.contains(participant);
	}

	Outcome toOutcome() {
		return new Outcome(List.copyOf(this.cutOff));
	}

}
