package io.github.gracefulboot.executor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.GracefulShutdown;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.executor.ExecutorProperties.Queued;
import io.github.gracefulboot.shutdown.LifecyclePhases;
import io.github.gracefulboot.shutdown.NeedsTime;
import io.github.gracefulboot.shutdown.StageListener;
import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.log.LogMessage;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.scheduling.config.ScheduledTask;

/**
 * Drains all executors and schedulers together, since a task of one may submit tasks to
 * another: they accept tasks until all of them are idle at the same time. Most executors
 * do not notify of the end of tasks, so that they are polled.
 */
final class ExecutorDrain implements DrainParticipant, NeedsTime, LifecyclePhases.Limit, StageListener,
		SmartInitializingSingleton, Readiness.Listener, ThreadsPostProcessor.Listener, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(ExecutorDrain.class);

	private static final long POLL_MILLIS = 10;

	/**
	 * The pause before idleness is confirmed, since a pool reports a task neither as
	 * queued nor as running while a thread takes it from the queue.
	 */
	private static final long SECOND_LOOK_MILLIS = 2;

	/**
	 * How long tasks of lifecycle beans are treated like any others.
	 */
	private static final Duration BEFORE_LOOPS_STOP = Duration.ofSeconds(1);

	private final ThreadsPostProcessor threads;

	private final GracefulShutdown shutdown;

	private final ExecutorBeans beans;

	private final LifecycleLoops loops;

	private final Queued policy;

	private final boolean waits;

	private final Predicate<Thread> atLoop;

	private final AtomicBoolean ready = new AtomicBoolean();

	private volatile @Nullable List<DrainableExecutor> draining;

	/**
	 * Those that were idle at the end of the drain, whose tasks are waited for until they
	 * are destroyed.
	 */
	private volatile List<DrainableExecutor> drained = List.of();

	private volatile boolean waitedForByTask;

	/**
	 * Creates the participant.
	 * @param threads tells of executors
	 * @param shutdown the shutdown
	 * @param beans the executor beans
	 * @param loops ends tasks that do not end by themselves
	 * @param policy how to handle queued tasks
	 * @param waits whether to wait at all
	 * @param atLoop whether a thread is at a loop that nobody has to wait for
	 */
	ExecutorDrain(ThreadsPostProcessor threads, GracefulShutdown shutdown, ExecutorBeans beans, LifecycleLoops loops,
			Queued policy, boolean waits, Predicate<Thread> atLoop) {
		this.threads = threads;
		this.shutdown = shutdown;
		this.beans = beans;
		this.loops = loops;
		this.policy = policy;
		this.waits = waits;
		this.atLoop = atLoop;
	}

	@Override
	public String name() {
		return "executors";
	}

	/**
	 * Work in hand may still need executors when Spring tells them that the context
	 * closes.
	 */
	@Override
	public void stageChanged(Change change) {
		if (change.stage() == Stage.DRAIN && this.waits) {
			forEach(this.beans.find(), DrainableExecutor::stayOpen);
		}
	}

	@Override
	public Role role() {
		return Role.WORKER;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (this.waits) {
			this.threads.listen(this);
		}
	}

	@Override
	public void readinessChanged(boolean accepting) {
		if (accepting && this.waits && this.ready.compareAndSet(false, true)) {
			this.beans.rememberSubscriptions();
		}
	}

	@Override
	public void outOfReach(Collection<String> names) {
		String executors = this.beans.describe(names);
		if (!executors.isEmpty()) {
			logger.info("A shutdown will not wait for tasks of " + executors
					+ ", since there is no way to know of them. Pass them on to an executor of the JDK or of Spring,"
					+ " or accept it by graceful.executors.exclude");
		}
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		if (!this.waits) {
			return List.of();
		}
		List<DrainableExecutor> draining = this.draining;
		List<DrainableExecutor> executors = (draining != null) ? draining : this.beans.find();
		List<ActiveTask> tasks = new ArrayList<>();
		boolean schedulersAreIdle = true;
		for (DrainableExecutor executor : executors) {
			// The runs of schedulers that were found are not named twice
			if (!(executor instanceof ScheduledRuns) || schedulersAreIdle) {
				Collection<ActiveTask> ofThis = (draining != null) ? workOf(executor) : executor.activeTasks(false);
				tasks.addAll(ofThis);
				schedulersAreIdle &= ofThis.isEmpty() || !executor.schedules();
			}
		}
		return tasks;
	}

	/**
	 * Returns the tasks that have something in hand.
	 */
	private List<ActiveTask> workOf(DrainableExecutor executor) {
		return executor.activeTasks(true).stream().filter((task) -> !isLoop(task)).toList();
	}

	private boolean isLoop(ActiveTask task) {
		Thread thread = task.thread();
		return thread != null && this.atLoop.test(thread);
	}

	/**
	 * Returns whether an executor is idle, or has nothing but loops that wait for
	 * something to come, as they did when the service became ready. They end with their
	 * beans, as without the starter.
	 */
	private boolean isIdle(DrainableExecutor executor) {
		if (executor.isIdle()) {
			return true;
		}
		Collection<ActiveTask> tasks = executor.activeTasks(true);
		return !tasks.isEmpty() && executor.inHand() <= tasks.size() && tasks.stream().allMatch(this::isLoop);
	}

	@Override
	public Duration neededTime() {
		return !this.waits ? Duration.ZERO
				: this.beans.find()
					.stream()
					.filter((executor) -> executor.inHand() > 0)
					.map(DrainableExecutor::terminationTimeout)
					.max(Comparator.naturalOrder())
					.orElse(Duration.ZERO);
	}

	@Override
	public void drain(Deadline deadline) throws InterruptedException {
		if (!this.waits) {
			return;
		}
		List<DrainableExecutor> executors = this.beans.find();
		this.draining = executors;
		List<String> excluded = this.beans.excluded();
		if (!excluded.isEmpty()) {
			logger.info("Left to Spring (graceful.executors.exclude): " + String.join(", ", excluded));
		}
		stopSchedules(executors);
		if (this.policy == Queued.DROP) {
			executors.forEach(this::dropQueued);
		}
		try {
			this.drained = awaitIdle(executors);
		}
		catch (InterruptedException ex) {
			if (deadline.hasPassed()) {
				forEach(executors.stream().filter((executor) -> !isIdle(executor)).toList(), DrainableExecutor::cutOff);
			}
			else {
				this.waitedForByTask = true;
			}
			this.drained = executors.stream().filter(this::isIdle).toList();
			throw ex;
		}
	}

	@Override
	public int phase() {
		return ExecutorConfigurationSupport.DEFAULT_PHASE;
	}

	/**
	 * Spring waits for the tasks once more. One that waits for the shutdown itself does
	 * not end before it.
	 */
	@Override
	public @Nullable Duration timeout(Deadline release) {
		return this.waitedForByTask ? Duration.ZERO : null;
	}

	private void stopSchedules(List<DrainableExecutor> executors) {
		this.beans.scheduledTasks().forEach((holder) -> holder.getScheduledTasks().forEach(ExecutorDrain::cancel));
		forEach(executors, DrainableExecutor::stopSchedules);
	}

	private static void cancel(ScheduledTask task) {
		task.cancel(false);
	}

	private void dropQueued(DrainableExecutor executor) {
		int dropped = executor.dropQueued();
		if (dropped > 0) {
			logger.info(LogMessage.format("Dropped %d queued tasks of %s (graceful.executors.queued=drop)", dropped,
					executor.name()));
		}
	}

	/**
	 * Waits until all executors are idle at the same moment, or the thread is interrupted
	 * because the time is up.
	 * @param all the executors
	 * @return those that are idle, without those that would never become so
	 * @throws InterruptedException if the time is up
	 */
	private List<DrainableExecutor> awaitIdle(List<DrainableExecutor> all) throws InterruptedException {
		List<DrainableExecutor> executors = all;
		FollowUps followUps = new FollowUps(executors, System::nanoTime);
		Long before = null;
		long loopsStop = System.nanoTime() + BEFORE_LOOPS_STOP.toNanos();
		while (true) {
			boolean idle = executors.stream().allMatch(this::isIdle);
			Long tasks = idle ? executors.stream().mapToLong(DrainableExecutor::completed).sum() : null;
			if (tasks != null && tasks.equals(before)) {
				return executors;
			}
			before = tasks;
			Thread.sleep(idle ? SECOND_LOOK_MILLIS : POLL_MILLIS);
			forEach(executors, DrainableExecutor::stopSchedules);
			if (!idle && System.nanoTime() - loopsStop >= 0) {
				stopLoops(executors);
				loopsStop = System.nanoTime() + BEFORE_LOOPS_STOP.toNanos();
			}
			List<DrainableExecutor> endless = idle ? List.of() : followUps.endless();
			if (!endless.isEmpty()) {
				executors = end(endless, executors);
				this.draining = executors;
				followUps = new FollowUps(executors, System::nanoTime);
			}
		}
	}

	/**
	 * Ends tasks that submit tasks without end. Executors of Spring refuse them, as they
	 * do when a context closes. Others are not waited for any more, and refuse them when
	 * they are destroyed.
	 * @param endless the executors that are busy with such tasks
	 * @param executors all executors
	 * @return those to wait for
	 */
	private static List<DrainableExecutor> end(List<DrainableExecutor> endless, List<DrainableExecutor> executors) {
		logger.info(LogMessage.format("Not waiting for tasks of %s any more that are submitted by tasks, over and over",
				endless.stream().map(DrainableExecutor::name).collect(Collectors.joining(", "))));
		return executors.stream().filter((executor) -> !endless.contains(executor) || executor.refuseTasks()).toList();
	}

	/**
	 * Waits for tasks that were submitted as beans were destroyed.
	 */
	@Override
	public void beforeDestruction(String name) {
		awaitLate(this.drained.stream().filter((executor) -> executor.name().equals(name)).toList());
	}

	private void awaitLate(List<DrainableExecutor> executors) {
		Deadline deadline = this.shutdown.getDeadline();
		try {
			if (deadline != null) {
				deadline.await(() -> executors.stream().allMatch(this::isIdle));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Could not wait for late tasks; continuing without it", ex);
		}
	}

	private void stopLoops(List<DrainableExecutor> executors) {
		try {
			this.loops.stop(executors.stream()
				.flatMap((executor) -> executor.activeTasks(true).stream())
				.map(ActiveTask::thread)
				.filter(Objects::nonNull)
				.toList());
		}
		catch (RuntimeException | Error ex) {
			logger.warn("Could not stop the loops of lifecycle beans; continuing without it", ex);
		}
	}

	private static void forEach(List<DrainableExecutor> executors, Consumer<DrainableExecutor> action) {
		for (DrainableExecutor executor : executors) {
			try {
				action.accept(executor);
			}
			catch (RuntimeException | Error ex) {
				logger.warn(LogMessage.format("Could not drain executor %s; continuing without it", executor.name()),
						ex);
			}
		}
	}

}
