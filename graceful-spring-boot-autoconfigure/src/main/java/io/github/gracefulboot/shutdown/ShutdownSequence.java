package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant.Role;
import io.github.gracefulboot.GracefulShutdown;
import io.github.gracefulboot.Outcome;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.HandOver.Generation;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import io.github.gracefulboot.shutdown.StageListener.Change;
import io.github.gracefulboot.shutdown.StageListener.Ending;
import io.github.gracefulboot.traffic.Traffic;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.log.LogMessage;

/**
 * The shutdown, stage by stage. {@link #run()} is the list of the stages.
 */
public final class ShutdownSequence implements GracefulShutdown, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(ShutdownSequence.class);

	/**
	 * How long the drain may make no progress until others are told: longer than most
	 * requests take, which then find everything as it was.
	 */
	private static final Duration MOMENT = Duration.ofSeconds(1);

	private static final int MOMENT_PART = 4;

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

	/**
	 * For a task that begins again and again, which nobody can stop.
	 */
	private static final Duration BETWEEN_TASKS = Duration.ofMillis(100);

	/**
	 * For a drain that interrupts what did not finish.
	 */
	private static final Duration AFTER_DEADLINE = Duration.ofSeconds(1);

	private volatile Budget budget;

	private final @Nullable LameDuck lameDuck;

	private final Traffic traffic;

	private final Members members;

	private final ApplicationEventPublisher events;

	private final LongSupplier clock;

	private final Timeline timeline = new Timeline();

	private final CutOffs cutOffs = new CutOffs();

	private final LastLook lastLook;

	private final Lock finishing = new ReentrantLock();

	private final Progress progress;

	private final DrainEngine engine;

	private volatile Stage stage = Stage.RUNNING;

	private volatile @Nullable StopReason reason;

	private volatile String source = "";

	private volatile @Nullable Deadline deadline;

	private volatile @Nullable Thread stoppingThread;

	private volatile @Nullable Thread drain;

	private volatile @Nullable StageListener recording;

	private volatile Duration timeToEnd = Duration.ZERO;

	private volatile Supplier<Set<Thread>> beforeTheEnd = Set::of;

	private volatile boolean endsProcess;

	private volatile boolean exitExpected;

	private volatile boolean finished;

	ShutdownSequence(Budget budget, @Nullable LameDuck lameDuck, Traffic traffic, Members members,
			ApplicationEventPublisher events, LongSupplier clock) {
		this.budget = budget;
		this.lameDuck = lameDuck;
		this.traffic = traffic;
		this.members = members;
		this.events = events;
		this.clock = clock;
		this.progress = new Progress(clock);
		this.engine = new DrainEngine(this.cutOffs, this.progress, this.timeline);
		this.lastLook = new LastLook(members::threads, this.cutOffs, members::connections);
	}

	/**
	 * Starts the budget when the context begins to close, unless the process was asked to
	 * stop before.
	 * @param reason why the application shuts down
	 * @return when the shutdown has to be over
	 */
	public Deadline start(StopReason reason) {
		return start(reason, reason.toString());
	}

	/**
	 * Starts the budget, at the first call, whose reason counts.
	 * @param reason why the application shuts down
	 * @param source who asked for it, for the log
	 * @return when the shutdown has to be over
	 */
	public Deadline start(StopReason reason, String source) {
		return start(reason, source, null);
	}

	/**
	 * Starts the budget of a shutdown that is a part of another one.
	 * @param reason why the application shuts down
	 * @param source who asked for it, for the log
	 * @param atMost how much time the other one has left, or {@code null} if it is no
	 * part
	 * @return when the shutdown has to be over
	 */
	public synchronized Deadline start(StopReason reason, String source, @Nullable Duration atMost) {
		this.endsProcess |= reason.endsProcess();
		Deadline deadline = this.deadline;
		if (deadline == null) {
			this.reason = reason;
			this.source = source;
			long began = this.clock.getAsLong();
			isolated("The search for work that takes long", this::makeRoom);
			isolated("The search for other processes", this.members::handOver);
			this.budget = (atMost != null) ? this.budget.within(atMost) : this.budget;
			deadline = Deadline.after(this.clock, this.budget.timeout().minusNanos(this.clock.getAsLong() - began));
			this.deadline = deadline;
		}
		return deadline;
	}

	/**
	 * Raises the budget if the application lets its work go on for longer.
	 */
	private void makeRoom() {
		for (Participant participant : getParticipants()) {
			Budget raised = this.budget.with(participant.neededTime());
			if (raised != this.budget) {
				logger.info(LogMessage.format("Shutdown timeout raised from %s to %s to make room for work of %s",
						Durations.text(this.budget.timeout()), Durations.text(raised.timeout()), participant.name()));
				this.budget = raised;
			}
		}
	}

	/**
	 * Runs the stages until all work is done, or the drain makes no progress any more:
	 * what is in flight may end only when others hear of the shutdown. Spring then tells
	 * the listeners of its event and stops the lifecycle beans, phase by phase, and the
	 * {@link ShutdownPhase} before the web server's waits for the rest of the drain.
	 * Where one of those pauses, for clients to leave, they are told while everybody is
	 * served, and it is the phase that goes on with the lame duck stage.
	 */
	void run() {
		Deadline deadline = start(StopReason.CONTEXT_CLOSED);
		this.stoppingThread = Thread.currentThread();
		isolated("The search for who knows threads", this.members::threads);
		stage(Stage.ANNOUNCE, () -> announce(deadline));
		enter(Stage.LAME_DUCK);
		List<String> pausing = new ArrayList<>();
		isolated("The search for who pauses", () -> pausing.addAll(this.members.pausing()));
		if (pausing.isEmpty()) {
			leave(deadline);
		}
		else {
			logger.info(LogMessage.format("Still serving until %s has returned", String.join(" and ", pausing)));
		}
	}

	private void leave(Deadline deadline) {
		end(Stage.LAME_DUCK, guarded(() -> awaitBalancers(this.budget.lameDuck(deadline))));
		this.members.missing()
			.forEach((name) -> this.cutOffs.add("the work of '" + name + "', which could not be created", null));
		Thread drain = DaemonThreads.startOrRun("graceful-drain", () -> {
			stage(Stage.DRAIN, () -> drain(this.budget.drain(deadline), Role.INTAKE, Role.QUEUE));
			enter(Stage.RELEASE);
			guarded(() -> drain(this.budget.work(deadline), Role.WORKER));
		});
		this.drain = drain;
		this.progress.made();
		isolated("A look ahead", () -> DaemonThreads.start("graceful-look-ahead", () -> lookAhead(drain)));
		Duration moment = Durations.shorter(MOMENT, this.budget.drain(deadline).remaining().dividedBy(MOMENT_PART));
		awaitDrain(() -> this.engine.isWaitingForOthers() ? Duration.ZERO : moment.minus(this.progress.still()));
	}

	/**
	 * Looks once, while requests are waited for, at what is looked at when they have
	 * ended: code that runs for the first time takes longer.
	 */
	private void lookAhead(Thread drain) {
		try {
			drain.join(BETWEEN_LOOKS.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (drain.isAlive()) {
			isolated("A look at work", () -> participants(Role.WORKER).forEach(Participant::activeTasks));
			isolated("A look at threads", this.lastLook::now);
		}
	}

	/**
	 * Waits for the end of the drain, which keeps to its deadline by itself. By now
	 * others have been told.
	 */
	void awaitDrain() {
		Deadline deadline = deadline();
		if (this.stage == Stage.LAME_DUCK) {
			leave(deadline);
		}
		getParticipants().forEach(Participant::othersWereTold);
		Duration timeout = deadline.remaining().plus(AFTER_DEADLINE);
		Deadline latest = Deadline.after(this.clock, timeout);
		awaitDrain(latest::remaining);
	}

	private void awaitDrain(Supplier<Duration> left) {
		Thread drain = this.drain;
		try {
			for (Duration time = left.get(); drain != null && drain.isAlive()
					&& time.toMillis() > 0; time = left.get()) {
				drain.join(Durations.shorter(time, BETWEEN_LOOKS).toMillis());
			}
		}
		catch (InterruptedException ex) {
			Objects.requireNonNull(drain).interrupt();
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Returns whether the drain is under way.
	 * @return whether work is in hand
	 */
	public boolean isDraining() {
		Thread drain = this.drain;
		return drain != null && drain.isAlive();
	}

	/**
	 * Returns for how long no task has ended.
	 * @return the time since the last sign of progress
	 */
	public Duration getTimeWithoutProgress() {
		return this.progress.still();
	}

	/**
	 * Runs the end of the release stage.
	 */
	void release() {
		Deadline deadline = deadline();
		awaitDrain();
		if (isDraining()) {
			this.cutOffs.add("the " + this.stage.id() + " stage, which did not end", this.drain);
		}
		end(this.stage, guarded(() -> {
			awaitLateWork(half(this.budget.release(deadline)));
			Set<Thread> awaited = new HashSet<>();
			isolated("What comes before the end", () -> awaited.addAll(this.beforeTheEnd.get()));
			awaitThreads(half(this.budget.release(deadline)));
			cutOffWhatGoesOn(this.budget.release(deadline));
			StageEnd end = drain(this.budget.release(deadline), Role.RESOURCE);
			Thread destroying = Objects.requireNonNullElseGet(this.stoppingThread, Thread::currentThread);
			isolated("A look at threads", () -> this.lastLook.destructionBegins(awaited, destroying));
			return end;
		}));
		enter(Stage.EXIT);
	}

	/**
	 * Has something done when all work is done and no bean is destroyed yet.
	 * @param action what to do, which must be quick. The threads that it returns are
	 * given a moment, as all others, but are not named if they are at work at the end,
	 * since the process waits for them
	 */
	public void beforeTheEnd(Supplier<Set<Thread>> action) {
		this.beforeTheEnd = action;
	}

	/**
	 * Leaves threads to others that wait for them, such as those that answer the requests
	 * of another application in this JVM.
	 * @param threads tells the threads
	 */
	public void leaveToOthers(Supplier<Set<Thread>> threads) {
		this.lastLook.leaveToOthers(threads);
	}

	/**
	 * Waits for what lifecycle beans submitted when they stopped, such as a last flush.
	 */
	private void awaitLateWork(Deadline deadline) {
		List<Participant> workers = participants(Role.WORKER).stream()
			.filter((worker) -> !this.cutOffs.contains(worker))
			.toList();
		try {
			deadline.await(() -> workers.stream().noneMatch(this::isAtWork));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Gives threads that nobody waits for a moment before beans are destroyed.
	 */
	private void awaitThreads(Deadline deadline) {
		if (namesThreads()) {
			isolated("A look at threads", () -> this.lastLook.beforeDestruction(deadline));
		}
	}

	/**
	 * Leaves half of what is left of the time to others.
	 */
	private static Deadline half(Deadline deadline) {
		return deadline.atMost(deadline.remaining().dividedBy(2));
	}

	private boolean isAtWork(Participant participant) {
		return !participant.activeTasks().stream().allMatch(this::waitsForShutdown);
	}

	private void stage(Stage stage, Supplier<StageEnd> work) {
		enter(stage);
		end(stage, guarded(work));
	}

	/**
	 * Does the work of a stage. Should it fail, the shutdown goes on, but is not clean.
	 * @param work the work
	 * @return how it ended
	 */
	private StageEnd guarded(Supplier<StageEnd> work) {
		try {
			return work.get();
		}
		catch (RuntimeException | Error ex) {
			failed(ex);
			return new StageEnd(StageResult.FAILED);
		}
	}

	/**
	 * Says that a stage failed, after which the shutdown goes on but is not clean.
	 * @param failure why
	 */
	void failed(Throwable failure) {
		this.cutOffs.add("the " + this.stage.id() + " stage, which failed", null);
		logger.warn(LogMessage.format("Stage %s failed, going on with the next", this.stage.id()), failure);
	}

	private StageEnd announce(Deadline deadline) {
		isolated("The watch over traffic", this.traffic::watch);
		for (Named<Announcer> announcer : this.members.announcers()) {
			isolated("Announcer " + announcer.name(), () -> announcer.instance().announceStop(deadline));
		}
		return new StageEnd(StageResult.COMPLETED);
	}

	private StageEnd awaitBalancers(Deadline deadline) {
		if (this.lameDuck == null) {
			return new StageEnd(StageResult.SKIPPED);
		}
		if (isPortServedOn()) {
			return new StageEnd(StageResult.NOTHING_TO_WAIT_FOR, "another process serves the port", "served-on");
		}
		try {
			return this.lameDuck.await(deadline);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new StageEnd(StageResult.INTERRUPTED);
		}
	}

	private StageEnd drain(Deadline deadline, Role... roles) {
		StageResult result = StageResult.NOTHING_TO_WAIT_FOR;
		for (Role role : roles) {
			StageResult drained = this.engine.drain(participants(role), deadline, this::waitsForShutdown);
			result = (drained.compareTo(result) > 0) ? drained : result;
		}
		return new StageEnd(result);
	}

	private List<Participant> participants(Role role) {
		return getParticipants().stream().filter((participant) -> participant.role() == role).toList();
	}

	/**
	 * Names the work that is still going on though its drain ended or was left to
	 * somebody else, such as the requests of a server that only Spring Boot drains.
	 */
	private void cutOffWhatGoesOn(Deadline deadline) {
		for (Participant participant : getParticipants()) {
			if (participant.role() != Role.RESOURCE && !this.cutOffs.contains(participant)
					&& !pauses(participant, deadline.atMost(BETWEEN_TASKS))) {
				Collection<ActiveTask> tasks = participant.activeTasks();
				if (!tasks.stream().allMatch(this::waitsForShutdown)) {
					this.cutOffs.add(participant, tasks);
				}
			}
		}
	}

	private boolean pauses(Participant participant, Deadline deadline) {
		try {
			return deadline.await(() -> !isAtWork(participant));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Returns whether a task waits for this shutdown, since it closes the context or ends
	 * the process itself.
	 */
	private boolean waitsForShutdown(ActiveTask task) {
		Thread thread = task.thread();
		return thread != null && (thread == this.stoppingThread || Exiting.is(thread));
	}

	/**
	 * Returns whether who closes the context has asked the JVM to exit meanwhile, and
	 * waits for that.
	 * @return whether the context will not be closed before the JVM is gone
	 */
	public boolean waitsForExit() {
		return Exiting.is(this.stoppingThread);
	}

	/**
	 * Names what is still going on as cut off, because the budget is spent. For whoever
	 * ends the process.
	 */
	public void cutOffRest() {
		Stage stage = this.stage;
		Thread thread = this.stoppingThread;
		getParticipants().stream()
			.filter((participant) -> participant.role().stage().compareTo(stage) >= 0)
			.filter(this::isUnfinished)
			.forEach(this.cutOffs::add);
		this.cutOffs.add("the " + stage.id() + " stage", thread);
	}

	/**
	 * Returns whether a participant has work in hand, or may have: one that does not tell
	 * it was not drained.
	 */
	private boolean isUnfinished(Participant participant) {
		return !participant.activeTasks().isEmpty() || (!this.engine.hasFinished(participant)
				&& (this.engine.hasBegun(participant) || !participant.tellsWork()));
	}

	/**
	 * Ends the shutdown, at the first call, with one line that says how it went. One at a
	 * time, as long as there is time: who comes second must not say that nothing was lost
	 * while the first is still looking.
	 * @return how it went
	 */
	public Outcome finish() {
		Deadline deadline = this.deadline;
		if (deadline == null) {
			return end();
		}
		Deadline release = this.budget.release(deadline);
		boolean locked = false;
		try {
			locked = this.finishing.tryLock(release.remaining().toNanos(), TimeUnit.NANOSECONDS);
			if (locked && !this.finished && namesThreads() && this.stage != Stage.RUNNING) {
				isolated("The last look at threads", () -> this.lastLook.nameAbandoned(release));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		try {
			return end();
		}
		finally {
			if (locked) {
				this.finishing.unlock();
			}
		}
	}

	private synchronized Outcome end() {
		Outcome outcome = this.cutOffs.toOutcome();
		Deadline deadline = this.deadline;
		if (!this.finished && this.stage != Stage.RUNNING && deadline != null) {
			this.finished = true;
			if (this.stage == Stage.EXIT) {
				end(Stage.EXIT, new StageEnd(StageResult.COMPLETED));
			}
			Duration took = this.budget.timeout().minus(deadline.remaining());
			String how = "%s (%s; %s)".formatted(Durations.text(took), this.source, this.timeline);
			if (outcome.isClean()) {
				ended(new Ending(outcome, took, "Shutdown completed in " + how), logger::info);
			}
			else {
				ended(new Ending(outcome, took, "Shutdown forced after " + how + ", " + this.cutOffs), logger::warn);
			}
		}
		return outcome;
	}

	private void ended(Ending ending, Consumer<String> log) {
		log.accept(ending.line());
		record((recording) -> recording.ended(ending));
		for (Named<StageListener> listener : this.members.listeners()) {
			isolated(listener.name(), () -> listener.instance().ended(ending));
		}
	}

	/**
	 * Returns whether it was said how the shutdown went.
	 * @return whether nothing more happens
	 */
	public synchronized boolean isFinished() {
		return this.finished;
	}

	/**
	 * Goes on to a stage, and never back to one: a drain that did not end in time may go
	 * on when the shutdown has left it behind.
	 */
	private void enter(Stage next) {
		if (next.compareTo(this.stage) <= 0) {
			return;
		}
		Deadline deadline = deadline();
		StopReason reason = Objects.requireNonNull(this.reason);
		Change change = new Change(reason, this.stage, this.timeline.lastTook(), next);
		this.timeline.enter(next, Instant.now(), this.clock.getAsLong());
		this.progress.made();
		this.stage = next;
		if (change.previous() == Stage.RUNNING) {
			isolated("Java Flight Recorder", this::beginRecording);
		}
		record((recording) -> recording.stageChanged(change));
		for (Named<StageListener> listener : this.members.listeners()) {
			isolated(listener.name(), () -> listener.instance().stageChanged(change));
		}
		if (change.previous() == Stage.RUNNING) {
			isolated("The search for what takes time in the end",
					() -> this.timeToEnd = this.members.listeners()
						.stream()
						.map((listener) -> listener.instance().timeToEnd())
						.reduce(Duration.ZERO, Durations::longer));
		}
		StageChangedEvent event = new StageChangedEvent(this, reason, change.previous(), change.previousTook(), next,
				deadline.remaining());
		isolated("A listener of " + event.getClass().getSimpleName(), () -> this.events.publishEvent(event));
	}

	/**
	 * Follows the shutdown with Java Flight Recorder, if it records.
	 */
	private void beginRecording() {
		if (FlightRecorders.areRecording()) {
			FlightRecording recording = new FlightRecording(this);
			this.cutOffs.follow(recording::lost);
			this.traffic.followAnswers(recording::answered);
			this.recording = recording;
		}
	}

	private void record(Consumer<StageListener> action) {
		StageListener recording = this.recording;
		if (recording != null) {
			isolated("Java Flight Recorder", () -> action.accept(recording));
		}
	}

	private void end(Stage stage, StageEnd end) {
		Duration took = this.timeline.end(stage, this.clock.getAsLong(), end);
		logger.debug(LogMessage.format("Stage %s ended after %s: %s", stage.id(), Durations.text(took), end));
	}

	private static void isolated(String who, Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException | Error ex) {
			logger.warn(LogMessage.format("%s failed during the shutdown, continuing without it", who), ex);
		}
	}

	@Override
	public Stage getStage() {
		return this.stage;
	}

	@Override
	public @Nullable StopReason getReason() {
		return this.reason;
	}

	/**
	 * Returns who asked for the shutdown.
	 * @return such as {@code SIGTERM}, empty until a shutdown begins
	 */
	public String getSource() {
		return this.source;
	}

	/**
	 * Returns how the shutdown has gone so far.
	 * @return the outcome, if nothing more is lost
	 */
	public Outcome getOutcome() {
		return this.cutOffs.toOutcome();
	}

	/**
	 * Returns the work that was cut off or abandoned so far.
	 * @return a copy, in the order in which it was named
	 */
	public List<LostWork> getLostWork() {
		return this.cutOffs.lost();
	}

	@Override
	public @Nullable Deadline getDeadline() {
		return this.deadline;
	}

	private Deadline deadline() {
		return Objects.requireNonNull(this.deadline, "No shutdown has begun");
	}

	@Override
	public List<ActiveTask> getActiveTasks() {
		return getParticipants().stream().flatMap((participant) -> participant.activeTasks().stream()).toList();
	}

	/**
	 * Returns the threads that are at work though the shutdown does not wait for them.
	 * @return the threads, none before a shutdown begins
	 */
	public List<BusyThread> getAbandonedThreads() {
		if (this.stage == Stage.RUNNING) {
			return List.of();
		}
		Set<Long> awaited = getActiveTasks().stream()
			.map(ActiveTask::thread)
			.filter(Objects::nonNull)
			.map(Thread::getId)
			.collect(Collectors.toSet());
		return this.lastLook.now().stream().filter((thread) -> !awaited.contains(thread.id())).toList();
	}

	/**
	 * Returns when the drain has to be over, of a shutdown that has begun.
	 * @return the deadline of the stage
	 */
	public Deadline getDrainDeadline() {
		return this.budget.drain(deadline());
	}

	/**
	 * Returns how much time is left until lifecycle beans have to have stopped.
	 * @return the deadline of the release stage
	 */
	Deadline getReleaseDeadline() {
		return this.budget.release(deadline());
	}

	/**
	 * Returns how long those who follow the shutdown may take to tell how it went.
	 * @return the time, zero until a shutdown begins
	 */
	public Duration getTimeToEnd() {
		return this.timeToEnd;
	}

	/**
	 * Returns whether the process ends with this shutdown.
	 * @return whether it was asked to
	 */
	public boolean endsProcess() {
		return this.endsProcess;
	}

	/**
	 * Expects somebody else to end the process when the shutdown is over, though it may
	 * live on.
	 */
	public void expectExit() {
		this.exitExpected = true;
	}

	/**
	 * Returns whether threads that are at work at the end are named, since they die with
	 * the process.
	 * @return whether it ends, or is expected to
	 */
	public boolean namesThreads() {
		return this.endsProcess || this.exitExpected;
	}

	/**
	 * Returns whether others keep serving the port of this process, which is why it does
	 * not refuse traffic.
	 * @return whether a shutdown has begun that nobody needs to notice
	 */
	public boolean isPortServedOn() {
		return this.deadline != null && this.members.handOver().filter(HandOver::isServedOn).isPresent();
	}

	/**
	 * Returns the process that this one took the port over from.
	 * @return the process, or {@code null} if this one opened the port
	 */
	public @Nullable Generation getTakenOverFrom() {
		return this.members.handOver().map(HandOver::takenOverFrom).orElse(null);
	}

	/**
	 * Returns the process that took the port over from this one.
	 * @return the process, or {@code null} if none has
	 */
	public @Nullable Generation getHandedOverTo() {
		return this.members.handOver().map(HandOver::handedOverTo).orElse(null);
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
	 * @return the timeline, empty until a shutdown begins
	 */
	public Timeline getTimeline() {
		return this.timeline;
	}

	/**
	 * Returns who takes part in the shutdown.
	 * @return the participants in their order
	 */
	public List<Participant> getParticipants() {
		return this.members.participants();
	}

	/**
	 * Plans the shutdown with everybody who takes part in it now.
	 * @param phases the names of the lifecycle beans by their phase
	 * @return the plan
	 */
	ShutdownPlan plan(SortedMap<Integer, List<String>> phases) {
		return ShutdownPlan.of(this.budget, this.members.announcers().stream().map(Named::name).toList(),
				this.lameDuck != null && !isPortServedOn(), getParticipants(), phases);
	}

}
