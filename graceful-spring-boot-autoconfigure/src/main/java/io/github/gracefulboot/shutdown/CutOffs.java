package io.github.gracefulboot.shutdown;

import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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

	private static final int STACKS_OF_ABANDONED = 10;

	/**
	 * There may be thousands of requests, whose stacks fill the memory.
	 */
	private static final int STACKS_KEPT = 100;

	/**
	 * What one line can hold. Each has a line of its own too.
	 */
	private static final int IN_ONE_LINE = 50;

	private final Queue<LostWork> lost = new ConcurrentLinkedQueue<>();

	private final AtomicInteger named = new AtomicInteger();

	private final AtomicInteger abandoned = new AtomicInteger();

	private final Set<Long> threads = ConcurrentHashMap.newKeySet();

	private final Set<Participant> participants = ConcurrentHashMap.newKeySet();

	private volatile Consumer<LostWork> follower = (work) -> {
	};

	/**
	 * Tells somebody of each piece of work that is named.
	 * @param follower who is told
	 */
	void follow(Consumer<LostWork> follower) {
		this.follower = follower;
	}

	/**
	 * Names the work of a participant, at the first call for it.
	 * @param participant who did not finish
	 */
	void add(Participant participant) {
		add(participant, (Thread) null);
	}

	/**
	 * Names the work of a participant, at the first call for it.
	 * @param participant who did not finish
	 * @param draining the thread that drains it, in case it does not tell its work;
	 * {@code null} if none does
	 */
	void add(Participant participant, @Nullable Thread draining) {
		if (this.participants.add(participant)) {
			Collection<ActiveTask> tasks = participant.activeTasks();
			if (tasks.isEmpty()) {
				add(participant.name(), draining);
			}
			add(tasks);
		}
	}

	/**
	 * Names tasks of a participant, at the first call for it.
	 * @param participant whose tasks they are
	 * @param tasks the tasks, which may end meanwhile
	 */
	void add(Participant participant, Collection<ActiveTask> tasks) {
		if (this.participants.add(participant)) {
			add(tasks);
		}
	}

	private void add(Collection<ActiveTask> tasks) {
		tasks.forEach((task) -> add(task.toString(), task.thread()));
	}

	/**
	 * Names a piece of work.
	 * @param what what it is
	 * @param thread the thread that works on it, or {@code null} if it is not known
	 */
	void add(String what, @Nullable Thread thread) {
		if (thread != null) {
			this.threads.add(thread.getId());
		}
		List<StackTraceElement> stack = (thread != null) ? List.of(thread.getStackTrace()) : List.of();
		name("Cut off: ", new LostWork(what, nameOf(thread), lines(stack), false));
	}

	/**
	 * Names a thread that dies at work, unless its work was named before.
	 * @param thread the thread
	 */
	void abandon(BusyThread thread) {
		if (this.threads.add(thread.id())) {
			List<String> stack = (this.abandoned.getAndIncrement() < STACKS_OF_ABANDONED) ? lines(thread.stack())
					: List.of();
			name("Abandoned: ", new LostWork(thread.toString(), thread.name(), stack, true));
		}
	}

	private void name(String how, LostWork work) {
		LostWork kept = (this.named.getAndIncrement() < STACKS_KEPT) ? work : work.withoutStack();
		this.lost.add(kept);
		this.follower.accept(kept);
		logger.warn(how + kept.what()
				+ kept.stack()
					.stream()
					.map((frame) -> System.lineSeparator() + "\tat " + frame)
					.collect(Collectors.joining()));
	}

	private static @Nullable String nameOf(@Nullable Thread thread) {
		return (thread != null) ? thread.getName() : null;
	}

	private static List<String> lines(List<StackTraceElement> stack) {
		return stack.stream().map(StackTraceElement::toString).toList();
	}

	boolean contains(Participant participant) {
		return this.participants.contains(participant);
	}

	boolean contains(long threadId) {
		return this.threads.contains(threadId);
	}

	Outcome toOutcome() {
		return new Outcome(Stream.of(false, true).flatMap((abandoned) -> what(abandoned).stream()).toList());
	}

	/**
	 * Returns what was lost so far.
	 * @return a copy, in the order in which it was named
	 */
	List<LostWork> lost() {
		return List.copyOf(this.lost);
	}

	private List<String> what(boolean abandoned) {
		return this.lost.stream().filter((work) -> work.abandoned() == abandoned).map(LostWork::what).toList();
	}

	/**
	 * Describes it, such as {@code cut off: POST /orders; abandoned: thread jobs-1
	 * (com.example.Jobs.run)}.
	 */
	@Override
	public String toString() {
		return Stream.of(describe("cut off: ", what(false)), describe("abandoned: ", what(true)))
			.filter((text) -> !text.isEmpty())
			.collect(Collectors.joining("; "));
	}

	private static String describe(String how, List<String> what) {
		return what.isEmpty() ? "" : how + ActiveTasks.describe(what, IN_ONE_LINE);
	}

}
