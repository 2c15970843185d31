package io.github.gracefulboot.background;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.BusyThread;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Participant;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.ThreadsAtWork;
import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.log.LogMessage;

/**
 * Work that goes on in the background and belongs to no bean: tasks of the common pool,
 * of {@code CompletableFuture} and of Reactor's shared schedulers, and what the main
 * method does after the start. All of it would die with the process. Nobody tells when it
 * ends, so that it is polled: by a shutdown, and by whoever asks what is in hand.
 */
final class BackgroundWork implements DrainParticipant, Readiness.Listener,
		ApplicationListener<ApplicationStartedEvent>, ThreadsAtWork, DisposableBean, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(BackgroundWork.class);

	private static final long POLL_MILLIS = 20;

	/**
	 * The pause before the end of the work is confirmed, since a thread may just be on
	 * its way to the next task.
	 */
	private static final long SECOND_LOOK_MILLIS = 5;

	/**
	 * How long queued tasks may wait for a thread while none is at work.
	 */
	private static final Duration UNTIL_BEGUN = Duration.ofMillis(500);

	/**
	 * When to look again at what threads do, each counted from the one before: the work
	 * of a start has ended soon, or takes its time.
	 */
	private static final List<Duration> LOOK_AGAIN = Stream.of(5, 25, 60).map(Duration::ofSeconds).toList();

	private final ThreadWatch watch;

	private final ShutdownSequence shutdown;

	private final boolean waits;

	private final AtomicBoolean ready = new AtomicBoolean();

	private final CountDownLatch over = new CountDownLatch(1);

	/**
	 * The threads that the log calls a loop.
	 */
	private final Set<Long> told = ConcurrentHashMap.newKeySet();

	private volatile boolean watching;

	/**
	 * What the drain has found last, as long as it goes on.
	 */
	private volatile @Nullable List<ActiveTask> draining;

	/**
	 * Creates the participant.
	 * @param watch looks at the threads
	 * @param shutdown the shutdown that it takes part in
	 * @param waits whether to look at threads at all
	 */
	BackgroundWork(ThreadWatch watch, ShutdownSequence shutdown, boolean waits) {
		this.watch = watch;
		this.shutdown = shutdown;
		this.waits = waits;
	}

	@Override
	public String name() {
		return "background tasks";
	}

	@Override
	public Role role() {
		return Role.WORKER;
	}

	/**
	 * Looks at the threads when the application has started, beside its runners, which
	 * may never return. A context below it may start later.
	 */
	@Override
	public void onApplicationEvent(ApplicationStartedEvent event) {
		if (!this.watching) {
			watch();
		}
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	/**
	 * Looks at them once more when the service has become ready.
	 */
	@Override
	public void readinessChanged(boolean accepting) {
		if (accepting && this.ready.compareAndSet(false, true)) {
			watch();
			if (this.waits) {
				DaemonThreads.startIfPossible("graceful-look-again", this::lookAgain);
			}
		}
	}

	/**
	 * Looks whether threads are still at what they did when the service became ready.
	 */
	private void lookAgain() {
		try {
			for (Duration pause : LOOK_AGAIN) {
				if (this.over.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
					return;
				}
				this.watch.forgetEnded();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void watch() {
		if (this.waits) {
			this.watch.startWith(DaemonThreads.factory("graceful-background"));
			this.watching = true;
		}
	}

	@Override
	public void destroy() {
		this.over.countDown();
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		List<ActiveTask> draining = this.draining;
		return (draining != null) ? draining : awaited();
	}

	private List<ActiveTask> awaited() {
		return look().filter((thread) -> !isLoop(thread) && mayBeAwaited(thread)).map(ThreadAtWork::toTask).toList();
	}

	private boolean mayBeAwaited(ThreadAtWork thread) {
		return thread.place().isAwaited() && (thread.place() != Place.MAIN || this.shutdown.endsProcess());
	}

	private Stream<ThreadAtWork> look() {
		return this.watching ? this.watch.look().stream().filter((thread) -> !isStart(thread)) : Stream.empty();
	}

	private boolean isLoop(ThreadAtWork thread) {
		if (thread.loop() && this.shutdown.getStage() != Stage.RUNNING && this.told.add(thread.thread().getId())) {
			logger.info(LogMessage.format("Not waiting for thread %s: %s comes back to the same pause or waits for "
					+ "something to come, as a loop does", thread.thread().getName(), thread.task()));
		}
		return thread.loop();
	}

	/**
	 * Returns whether this is a runner, whose start the shutdown interrupts as without
	 * the starter.
	 */
	private boolean isStart(ThreadAtWork atWork) {
		return atWork.place() == Place.MAIN && !this.ready.get();
	}

	@Override
	public void drain(Deadline deadline) throws InterruptedException {
		this.watch.startCounting();
		Deadline untilBegun = deadline.atMost(UNTIL_BEGUN);
		boolean idleBefore = false;
		try {
			while (true) {
				// First, since a task of an executor may go on here in between
				boolean othersAtWork = this.shutdown.getParticipants().stream().anyMatch(this::isAtWork);
				List<ActiveTask> tasks = awaited();
				this.draining = tasks;
				if (!tasks.isEmpty()) {
					untilBegun = deadline.atMost(UNTIL_BEGUN);
				}
				boolean idle = tasks.isEmpty() && !othersAtWork && (!hasQueuedTasks() || untilBegun.hasPassed());
				if (idle && idleBefore || tasks.isEmpty() && deadline.hasPassed()) {
					return;
				}
				idleBefore = idle;
				Thread.sleep(idle ? SECOND_LOOK_MILLIS : POLL_MILLIS);
			}
		}
		finally {
			// Lifecycle beans may submit more when they stop
			this.draining = null;
		}
	}

	private static boolean hasQueuedTasks() {
		return ForkJoinPool.commonPool().hasQueuedSubmissions();
	}

	private boolean isAtWork(Participant participant) {
		DrainParticipant other = participant.delegate();
		return other != this && other.role() == Role.WORKER
				&& participant.activeTasks().stream().anyMatch((task) -> !this.watch.waitsForShutdown(task.thread()));
	}

	@Override
	public boolean isAtLoop(Thread thread) {
		return this.watching && this.watch.isAtLoop(thread);
	}

	@Override
	public Collection<BusyThread> atWork() {
		if (!this.watching) {
			return List.of();
		}
		Stream<ThreadAtWork> threads = look()
			.filter((thread) -> !isLoop(thread) || thread.mayReturn() && mayBeAwaited(thread));
		return Stream.concat(threads.map(ThreadAtWork::toBusyThread), this.watch.lookAtVirtualThreads().stream())
			.toList();
	}

}
