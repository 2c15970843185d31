package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.DrainParticipant.Role;
import io.github.gracefulboot.Outcome;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.traffic.Traffic;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.log.LogMessage;

/**
 * Stops the application stage by stage. {@link #stop()} is the list of the stages.
 *
 * @since 0.1.0
 */
public final class ShutdownSequence {

	private static final Log logger = LogFactory.getLog(ShutdownSequence.class);

	private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(1);

	private static final int LOGGED_TASKS = 10;

	private final Budget budget;

	private final @Nullable LameDuck lameDuck;

	private final Traffic traffic;

	private final Supplier<List<Announcer>> announcers;

	private final Supplier<List<DrainParticipant>> participants;

	private final ApplicationEventPublisher events;

	private final LongSupplier clock;

	private final Timeline timeline = new Timeline();

	private final List<String> cutOff = new ArrayList<>();

	private final Set<DrainParticipant> undrained = ConcurrentHashMap.newKeySet();

	private volatile Stage stage = Stage.RUNNING;

	private volatile @Nullable Deadline deadline;

	private volatile @Nullable Thread stoppingThread;

	private volatile boolean endsProcess;

	private boolean finished;

	ShutdownSequence(Budget budget, @Nullable LameDuck lameDuck, Traffic traffic, Supplier<List<Announcer>> announcers,
			Supplier<List<DrainParticipant>> participants, ApplicationEventPublisher events, LongSupplier clock) {
		this.budget = budget;
		this.lameDuck = lameDuck;
		this.traffic = traffic;
		this.announcers = announcers;
		this.participants = participants;
		this.events = events;
		this.clock = clock;
	}

	/**
	 * Starts the budget, at the first call. Called when the stop signal comes; without
	 * one the budget starts when the context begins to close.
	 * @return when the stop has to be over
	 */
	public synchronized Deadline begin() {
		Deadline deadline = this.deadline;
		if (deadline == null) {
			deadline = Deadline.after(this.clock, this.budget.timeout());
			this.deadline = deadline;
		}
		return deadline;
	}

	/**
	 * Starts the budget like {@link #begin()} for a stop at whose end the process exits.
	 * Whoever ends the process calls {@link #finish()} before.
	 * @return when the stop has to be over
	 */
	public Deadline beginProcessExit() {
		this.endsProcess = true;
		return begin();
	}

	/**
	 * Runs the stages up to the release. Spring then stops the lifecycle beans, phase by
	 * phase, the last of which is the {@link ReleaseLifecycle}.
	 */
	void stop() {
		Deadline deadline = begin();
		this.stoppingThread = Thread.currentThread();
		stage(Stage.ANNOUNCE, () -> announce(deadline));
		stage(Stage.LAME_DUCK, () -> awaitBalancer(this.budget.lameDuck(deadline)));
		stage(Stage.DRAIN, () -> drain(this.budget.drain(deadline), Role.INTAKE, Role.QUEUE));
		enter(Stage.RELEASE);
		guarded(Stage.RELEASE, () -> drain(this.budget.work(deadline), Role.WORKER));
	}

	/**
	 * Runs the end of the release stage.
	 */
	void release() {
		Deadline deadline = begin();
		endStage(guarded(Stage.RELEASE, () -> {
			nameWhatWasNotDrained();
			return drain(this.budget.release(deadline), Role.RESOURCE);
		}));
		enter(Stage.EXIT);
	}

	private void stage(Stage stage, Supplier<String> work) {
		enter(stage);
		endStage(guarded(stage, work));
	}

	/*
	 * Runs work of a stage. Should it fail, the stop goes on, but not as a clean one.
	 */
	private String guarded(Stage stage, Supplier<String> work) {
		try {
			return work.get();
		}
		catch (RuntimeException | Error ex) {
			logger.warn(LogMessage.format("Stage %s failed, going on with the next", stage.id()), ex);
			cutOff("the " + stage.id() + " stage, which failed", null);
			return "failed";
		}
	}

	private String announce(Deadline deadline) {
		logger.info(LogMessage.format("Stopping within %s: announcing that this instance leaves",
				Durations.text(this.budget.timeout())));
		this.traffic.watch();
		for (Announcer announcer : this.announcers.get()) {
			isolated(announcer.getClass().getSimpleName(), () -> announcer.announceStop(deadline));
		}
		return "done";
	}

	private String awaitBalancer(Deadline deadline) {
		if (this.lameDuck == null) {
			return "disabled";
		}
		logger.info(LogMessage.format("Lame duck: serving on for at most %s, until the balancer has seen it",
				Durations.text(deadline.remaining())));
		try {
			return this.lameDuck.await(deadline);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return "interrupted";
		}
	}

	private String drain(Deadline deadline, Role... roles) {
		boolean waited = false;
		for (Role role : roles) {
			waited |= drain(role, deadline);
		}
		if (!waited) {
			return "nothing to wait for";
		}
		return this.undrained.isEmpty() ? "finished" : "cut off";
	}

	private boolean drain(Role role, Deadline deadline) {
		Map<DrainParticipant, CompletableFuture<?>> draining = new LinkedHashMap<>();
		for (DrainParticipant participant : participants(role)) {
			draining.put(participant, drain(participant, deadline));
		}
		if (draining.isEmpty()) {
			return false;
		}
		logger.info(LogMessage.format("Waiting at most %s to %s: %s", Durations.text(deadline.remaining()),
				role.stage().id(),
				draining.keySet().stream().map(DrainParticipant::name).collect(Collectors.joining(", "))));
		awaitDrained(draining.values(), deadline);
		draining.forEach((participant, drained) -> {
			if (!drained.isDone() || drained.isCompletedExceptionally()) {
				cutOff(participant);
			}
		});
		return true;
	}

	private static CompletableFuture<?> drain(DrainParticipant participant, Deadline deadline) {
		CompletableFuture<?> drained;
		try {
			drained = participant.drain(deadline).toCompletableFuture();
		}
		catch (RuntimeException | Error ex) {
			drained = CompletableFuture.failedFuture(ex);
		}
		return drained.whenComplete((result, ex) -> {
			if (ex != null) {
				logger.warn(LogMessage.format("Draining %s failed, going on without it", participant.name()), ex);
			}
		});
	}

	private void awaitDrained(Collection<CompletableFuture<?>> draining, Deadline deadline) {
		CompletableFuture<?> all = CompletableFuture.allOf(draining.stream()
			.map((drained) -> drained.handle((result, ex) -> null))
			.toArray(CompletableFuture[]::new));
		try {
			while (!all.isDone() && !deadline.hasPassed()) {
				try {
					all.get(deadline.atMost(PROGRESS_INTERVAL).remaining().toNanos(), TimeUnit.NANOSECONDS);
				}
				catch (TimeoutException ex) {
					logProgress(deadline);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("Failures were handled before", ex);
		}
	}

	private void logProgress(Deadline deadline) {
		List<ActiveTask> tasks = activeTasks();
		if (!tasks.isEmpty() && !deadline.hasPassed()) {
			logger.info(LogMessage.format("Still running, %s left: %s", Durations.text(deadline.remaining()),
					ActiveTask.describe(tasks, LOGGED_TASKS)));
		}
	}

	/**
	 * Names the work that is still going on though its drain ended or was left to
	 * somebody else, such as the requests of a server that only Spring Boot drains.
	 */
	private void nameWhatWasNotDrained() {
		for (DrainParticipant participant : this.participants.get()) {
			if (participant.role() != Role.RESOURCE && !this.undrained.contains(participant)
					&& !tasksOf(participant).isEmpty()) {
				cutOff(participant);
			}
		}
	}

	private void cutOff(DrainParticipant participant) {
		this.undrained.add(participant);
		Collection<ActiveTask> tasks = tasksOf(participant);
		if (tasks.isEmpty()) {
			cutOff(participant.name(), null);
		}
		tasks.forEach((task) -> cutOff(task.toString(), task.thread()));
	}

	private static Collection<ActiveTask> tasksOf(DrainParticipant participant) {
		try {
			return participant.activeTasks();
		}
		catch (RuntimeException | Error ex) {
			return List.of(new ActiveTask(participant.name() + ", which can not tell its tasks: " + ex, null, null));
		}
	}

	private void cutOff(String what, @Nullable Thread thread) {
		synchronized (this.cutOff) {
			this.cutOff.add(what);
		}
		logger.warn("Cut off: " + what + ((thread != null) ? stackOf(thread) : ""));
	}

	private static String stackOf(Thread thread) {
		return Arrays.stream(thread.getStackTrace())
			.map((frame) -> System.lineSeparator() + "\tat " + frame)
			.collect(Collectors.joining());
	}

	/**
	 * Names what is still being done as cut off, because the budget is spent.
	 */
	public void cutOffRest() {
		Stage stage = this.stage;
		Thread thread = this.stoppingThread;
		for (DrainParticipant participant : this.participants.get()) {
			if (participant.role().stage() == stage && !this.undrained.contains(participant)) {
				cutOff(participant);
			}
		}
		cutOff("the " + stage.id() + " stage", thread);
	}

	/**
	 * Ends the stop, at the first call, with one line that tells how it went.
	 * @return how the stop went
	 */
	public synchronized Outcome finish() {
		Outcome outcome = outcome();
		if (!this.finished && this.stage != Stage.RUNNING) {
			this.finished = true;
			Deadline deadline = begin();
			if (this.stage == Stage.EXIT) {
				endStage("done");
			}
			logger.info(LogMessage.format("Stopped %s in %s (%s)%s", outcome,
					Durations.text(this.budget.timeout().minus(deadline.remaining())), this.timeline,
					outcome.isClean() ? "" : ", cut off: " + String.join("; ", outcome.cutOff())));
		}
		return outcome;
	}

	private Outcome outcome() {
		synchronized (this.cutOff) {
			return new Outcome(List.copyOf(this.cutOff));
		}
	}

	private void enter(Stage next) {
		Stage previous = this.stage;
		Duration previousTook = this.timeline.lastTook();
		this.timeline.enter(next, Instant.now(), this.clock.getAsLong());
		this.stage = next;
		StageChangedEvent event = new StageChangedEvent(this, previous, previousTook, next, begin().remaining());
		isolated("A listener of " + event.getClass().getSimpleName(), () -> this.events.publishEvent(event));
	}

	private void endStage(String how) {
		Duration took = this.timeline.end(this.clock.getAsLong(), how);
		if (this.stage != Stage.EXIT) {
			logger.info(LogMessage.format("Stage %s ended after %s: %s", this.stage.id(), Durations.text(took), how));
		}
	}

	private static void isolated(String who, Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException | Error ex) {
			logger.warn(LogMessage.format("%s failed during the stop, going on without it", who), ex);
		}
	}

	/**
	 * Returns the stage that the application is in.
	 * @return the stage
	 */
	public Stage getStage() {
		return this.stage;
	}

	boolean endsProcess() {
		return this.endsProcess;
	}

	/**
	 * Returns when the stop has to be over.
	 * @return the deadline, or {@code null} while no stop has begun
	 */
	public @Nullable Deadline getDeadline() {
		return this.deadline;
	}

	/**
	 * Returns how the time is shared out.
	 * @return the budget
	 */
	public Budget getBudget() {
		return this.budget;
	}

	/**
	 * Returns what happened so far.
	 * @return the timeline, empty while no stop has begun
	 */
	public Timeline getTimeline() {
		return this.timeline;
	}

	/**
	 * Returns who takes part in the stop.
	 * @return the participants in their order
	 */
	public List<DrainParticipant> getParticipants() {
		return this.participants.get();
	}

	/**
	 * Plans the stop with everybody who takes part in it now.
	 * @param phases the names of the lifecycle beans by their phase
	 * @return the plan
	 */
	ShutdownPlan plan(SortedMap<Integer, List<String>> phases) {
		return ShutdownPlan.of(this.budget,
				this.announcers.get().stream().map((announcer) -> announcer.getClass().getSimpleName()).toList(),
				this.lameDuck != null, this.participants.get(), phases);
	}

	private List<DrainParticipant> participants(Role role) {
		return this.participants.get().stream().filter((participant) -> participant.role() == role).toList();
	}

	/**
	 * Returns what all participants are doing now.
	 * @return the work in hand
	 */
	public List<ActiveTask> activeTasks() {
		return this.participants.get().stream().flatMap((participant) -> tasksOf(participant).stream()).toList();
	}

}
