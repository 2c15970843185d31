package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Runs participants of a shutdown at the same time, each on a thread of its own, until
 * the deadline. Those that have not finished by then are named and then interrupted.
 */
final class DrainEngine {

	private static final Log logger = LogFactory.getLog(ShutdownSequence.class);

	private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

	/**
	 * The part of a thread that looks may take.
	 */
	private static final int LOOKS_PART = 10;

	private static final Duration LONGEST_BETWEEN_LOOKS = Duration.ofSeconds(1);

	private static final int LOGGED_TASKS = 10;

	/**
	 * For participants that notice the deadline by themselves, or whose deadline had
	 * passed before they began.
	 */
	private static final Duration GRACE = Duration.ofMillis(50);

	/**
	 * What participants may do after they were interrupted, before the next stage begins.
	 */
	private static final Duration AFTER_INTERRUPT = Duration.ofMillis(200);

	private final CutOffs cutOffs;

	private final Progress progress;

	private final Timeline timeline;

	private final Set<Participant> begun = ConcurrentHashMap.newKeySet();

	private final Set<Participant> finished = ConcurrentHashMap.newKeySet();

	private volatile boolean waitingForOthers;

	DrainEngine(CutOffs cutOffs, Progress progress, Timeline timeline) {
		this.cutOffs = cutOffs;
		this.progress = progress;
		this.timeline = timeline;
	}

	/**
	 * Drains participants.
	 * @param participants who takes part
	 * @param deadline when to go on without those that have not finished
	 * @param waitsForShutdown whether a task waits for the shutdown itself, so that
	 * nobody may wait for it
	 * @return whether all have finished
	 */
	StageResult drain(List<Participant> participants, Deadline deadline, Predicate<ActiveTask> waitsForShutdown) {
		if (participants.isEmpty()) {
			return StageResult.NOTHING_TO_WAIT_FOR;
		}
		this.begun.addAll(participants);
		CountDownLatch unfinished = new CountDownLatch(participants.size());
		List<Drain> drains = participants.stream()
			.map((participant) -> new Drain(participant, deadline, unfinished))
			.toList();
		logger.debug(LogMessage.format("Draining %s (up to %s)", names(drains), Durations.text(deadline.remaining())));
		drains.forEach((drain) -> DaemonThreads.startOrRun(drain.thread, drain));
		StageResult result = await(unfinished, drains, deadline, waitsForShutdown);
		List<Drain> cutOff = drains.stream().filter((drain) -> !drain.hasFinished()).toList();
		drains.forEach((drain) -> this.timeline.drained(drain.toDrained(!cutOff.contains(drain))));
		drains.stream()
			.filter((drain) -> !cutOff.contains(drain))
			.forEach((drain) -> this.finished.add(drain.participant));
		if (cutOff.isEmpty()) {
			return result;
		}
		cutOff.forEach((drain) -> this.cutOffs.add(drain.participant, drain.hasEnded() ? null : drain.thread));
		cutOff.forEach((drain) -> drain.thread.interrupt());
		return (awaitInterrupted(unfinished) && result != StageResult.INTERRUPTED) ? StageResult.TIME_UP
				: StageResult.INTERRUPTED;
	}

	private StageResult await(CountDownLatch unfinished, List<Drain> drains, Deadline deadline,
			Predicate<ActiveTask> waitsForShutdown) {
		try {
			this.progress.made();
			boolean first = true;
			long left = drains.size();
			Deadline line = deadline.atMost(BETWEEN_LINES);
			Duration pause = BETWEEN_LOOKS;
			while (!unfinished.await(deadline.atMost(pause).remaining().toNanos(), TimeUnit.NANOSECONDS)
					&& !deadline.hasPassed()) {
				long begin = System.nanoTime();
				List<Drain> running = drains.stream().filter((drain) -> !drain.hasEnded()).toList();
				List<ActiveTask> tasks = running.stream()
					.flatMap((drain) -> tasksOf(drain, waitsForShutdown).stream())
					.toList();
				if (!running.isEmpty() && running.stream().allMatch((drain) -> Exiting.is(drain.thread))) {
					// None of them returns
					return StageResult.COMPLETED;
				}
				if (unfinished.getCount() < left
						|| running.stream().anyMatch((drain) -> drain.participant.holdsBack())) {
					left = unfinished.getCount();
					this.progress.made();
				}
				this.progress.look(tasks);
				this.waitingForOthers = !running.isEmpty()
						&& running.stream().allMatch((drain) -> drain.participant.waitsForOthers());
				if (line.hasPassed()) {
					logProgress(running, tasks, deadline, first);
					first = false;
					line = deadline.atMost(BETWEEN_LINES);
				}
				pause = untilNextLook(Duration.ofNanos(System.nanoTime() - begin));
			}
			unfinished.await(GRACE.toNanos(), TimeUnit.NANOSECONDS);
			return StageResult.COMPLETED;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return StageResult.INTERRUPTED;
		}
		finally {
			this.waitingForOthers = false;
		}
	}

	/**
	 * Returns how long to wait for the end until work in hand is looked at again. A look
	 * at thousands of requests and connections takes a while, which would be missing for
	 * their answers.
	 * @param took how long the last look took
	 * @return the time
	 */
	static Duration untilNextLook(Duration took) {
		return Durations.longer(BETWEEN_LOOKS,
				Durations.shorter(took.multipliedBy(LOOKS_PART - 1), LONGEST_BETWEEN_LOOKS));
	}

	/**
	 * Returns whether the drain of a participant has begun.
	 * @param participant who takes part
	 * @return whether it may have ended since
	 */
	boolean hasBegun(Participant participant) {
		return this.begun.contains(participant);
	}

	/**
	 * Returns whether a participant was drained.
	 * @param participant who takes part
	 * @return whether it has finished
	 */
	boolean hasFinished(Participant participant) {
		return this.finished.contains(participant);
	}

	/**
	 * Returns whether what is left in hand ends when others are told.
	 * @return whether there is nothing else to wait for
	 */
	boolean isWaitingForOthers() {
		return this.waitingForOthers;
	}

	/**
	 * Returns what a participant has in hand, and ends its drain if nobody may wait for
	 * any of that.
	 */
	private static Collection<ActiveTask> tasksOf(Drain drain, Predicate<ActiveTask> waitsForShutdown) {
		Collection<ActiveTask> tasks = drain.participant.activeTasks();
		if (!drain.gaveUp && !tasks.isEmpty() && tasks.stream().allMatch(waitsForShutdown)) {
			drain.gaveUp = true;
			drain.thread.interrupt();
		}
		return tasks;
	}

	private static boolean awaitInterrupted(CountDownLatch unfinished) {
		try {
			unfinished.await(AFTER_INTERRUPT.toNanos(), TimeUnit.NANOSECONDS);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private static void logProgress(List<Drain> running, List<ActiveTask> tasks, Deadline deadline, boolean first) {
		if (!first && !logger.isDebugEnabled()) {
			return;
		}
		String line = "Draining %s (up to %s)%s%s".formatted(names(running), Durations.text(deadline.remaining()),
				tasks.isEmpty() ? "" : ": ", ActiveTasks.describe(tasks, LOGGED_TASKS));
		if (first) {
			logger.info(line);
		}
		else {
			logger.debug(line);
		}
	}

	private static String names(List<Drain> drains) {
		return drains.stream().map((drain) -> drain.participant.name()).collect(Collectors.joining(", "));
	}

	/**
	 * The drain of one participant.
	 */
	private static final class Drain implements Runnable {

		private final Participant participant;

		private final Deadline deadline;

		private final CountDownLatch unfinished;

		private final Thread thread;

		private final Instant startedAt = Instant.now();

		private final long startedNanos = System.nanoTime();

		private volatile @Nullable Duration took;

		private volatile boolean returned;

		private volatile boolean inTime;

		private volatile boolean gaveUp;

		private Drain(Participant participant, Deadline deadline, CountDownLatch unfinished) {
			this.participant = participant;
			this.deadline = deadline;
			this.unfinished = unfinished;
			this.thread = DaemonThreads.factory("graceful-drain-" + participant.name().replace(' ', '-'))
				.newThread(this);
		}

		@Override
		public void run() {
			try {
				this.participant.drain(this.deadline);
				this.inTime = !this.deadline.hasPassed();
				this.returned = true;
			}
			catch (InterruptedException | TimeoutException ex) {
				// Named as cut off
			}
			catch (Exception | Error ex) {
				logger.warn(LogMessage.format("Could not drain %s", this.participant.name()), ex);
			}
			finally {
				this.took = sinceStart();
				this.unfinished.countDown();
			}
		}

		private boolean hasEnded() {
			return this.took != null;
		}

		private Timeline.Drained toDrained(boolean finished) {
			Duration took = this.took;
			return new Timeline.Drained(this.participant.name(), this.participant.role(), this.startedAt,
					(took != null) ? took : sinceStart(), finished);
		}

		/**
		 * Returns for how long it has run, whatever becomes of the clock on the wall.
		 */
		private Duration sinceStart() {
			return Duration.ofNanos(System.nanoTime() - this.startedNanos);
		}

		/**
		 * Returns whether nothing is left to wait for: it has returned in time, or late
		 * and without any work in hand, or only what waits for the shutdown is left.
		 * @return whether it has finished
		 */
		private boolean hasFinished() {
			return this.gaveUp || this.returned && (this.inTime || this.participant.activeTasks().isEmpty());
		}

	}

}
