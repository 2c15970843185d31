package io.github.gracefulboot.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Ends the process, and decides when the shutdown hooks of the JVM run. They come when
 * all work is done, since they close what it uses, such as tracers and caches, and before
 * beans are destroyed, which they may use. But what the drain waits for may be a loop
 * that one of them ends, so that they are run when there has been no progress for some
 * time: soon if only tasks are left, most of which are loops.
 */
final class JvmHooks {

	private static final Log logger = LogFactory.getLog(JvmHooks.class);

	private static final Duration PATIENCE = Duration.ofSeconds(3);

	private static final Duration PATIENCE_WITH_TASKS = Duration.ofSeconds(1);

	private static final int PATIENCE_PART = 4;

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

	/**
	 * How long a hook may run that neither ends nor waits for anything.
	 */
	private static final Duration UNTIL_BEGUN = Duration.ofMillis(500);

	/**
	 * More hooks than libraries register.
	 */
	private static final int THREADS = 16;

	private final ShutdownSequence shutdown;

	private final Runnable flushLogs;

	private final CountDownLatch stopped = new CountDownLatch(1);

	/**
	 * Asked for while the shutdown begins, since it takes some milliseconds.
	 */
	private final FutureTask<Boolean> threadsAtFirst = new FutureTask<>(JvmHooks::hasThreads);

	private volatile Set<Thread> hooks = Set.of();

	private volatile int code;

	/**
	 * Creates the end.
	 * @param shutdown what comes before it
	 * @param flushLogs writes what the logging system still buffers
	 */
	JvmHooks(ShutdownSequence shutdown, Runnable flushLogs) {
		this.shutdown = shutdown;
		this.flushLogs = flushLogs;
	}

	/**
	 * Runs the hooks as soon as the shutdown makes no progress.
	 * @param deadline when the process has to be gone
	 */
	void watch(Deadline deadline) {
		DaemonThreads.startIfPossible("graceful-jvm-hooks", () -> runWithoutProgress(deadline));
	}

	private void runWithoutProgress(Deadline deadline) {
		try {
			this.threadsAtFirst.run();
			if (awaitLackOfProgress(deadline) && hasThreads()) {
				String still = Durations.text(this.shutdown.getTimeWithoutProgress());
				logger
					.debug(LogMessage.format("No progress for %s: running the shutdown hooks of the JVM, one of which "
							+ "may end what is still running", still));
				run(0);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean awaitLackOfProgress(Deadline deadline) throws InterruptedException {
		Duration longest = deadline.remaining().dividedBy(PATIENCE_PART);
		while (!deadline.hasPassed() && !this.stopped.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
			// In the release stage it is executors and threads that are waited for
			Duration patience = (this.shutdown.getStage() == Stage.RELEASE) ? PATIENCE_WITH_TASKS : PATIENCE;
			if (this.shutdown.isDraining()
					&& this.shutdown.getTimeWithoutProgress().compareTo(Durations.shorter(patience, longest)) > 0) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Returns whether the system has threads left for the hooks, each of which needs one.
	 * Where it had none, the JVM would not run the rest of them, such as the one that
	 * holds it, and would be gone.
	 */
	private static boolean hasThreads() throws InterruptedException {
		CountDownLatch enough = new CountDownLatch(1);
		List<Thread> threads = new ArrayList<>();
		try {
			for (int i = 0; i < THREADS; i++) {
				threads.add(DaemonThreads.start("graceful-probe", () -> awaitInterruptibly(enough)));
			}
			return true;
		}
		catch (OutOfMemoryError ex) {
			logger.debug("No threads left for the shutdown hooks of the JVM: they run last", ex);
			return false;
		}
		finally {
			enough.countDown();
			for (Thread thread : threads) {
				thread.join();
			}
		}
	}

	private static void awaitInterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Runs the hooks when all work is done, while the beans that they may use, such as to
	 * save what is in memory, still exist.
	 * @param code the exit code, unless something is lost after that
	 * @return the threads of the hooks, which the JVM waits for
	 */
	Set<Thread> runBeforeTheEnd(int code) {
		try {
			if (this.threadsAtFirst.get(UNTIL_BEGUN.toMillis(), TimeUnit.MILLISECONDS)) {
				run(code);
				Deadline latest = Deadline.after(System::nanoTime, UNTIL_BEGUN);
				while (this.hooks.stream().anyMatch(JvmHooks::isRunning) && !latest.hasPassed()) {
					Thread.sleep(1);
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | TimeoutException ex) {
			logger.debug("The shutdown hooks of the JVM run last", ex);
		}
		return this.hooks;
	}

	/**
	 * Returns whether a hook has to be given a moment: it neither has ended nor waits for
	 * anything, such as that of Spring Boot, which waits for the context to be closed.
	 */
	private static boolean isRunning(Thread hook) {
		return hook.getState() == Thread.State.RUNNABLE;
	}

	/**
	 * Lets the JVM exit, unless it does already, which it does when the shutdown is over.
	 */
	private synchronized void run(int code) throws InterruptedException {
		try {
			List<Thread> last = LastHooks.takeFromJvm();
			Runtime.getRuntime().addShutdownHook(new Thread(() -> holdUntilStopped(code, last), "graceful-exit"));
		}
		catch (IllegalStateException ex) {
			// They run already
			return;
		}
		Set<Thread> before = live().collect(Collectors.toSet());
		Thread exit = DaemonThreads.start("graceful-jvm-exit", () -> System.exit(code));
		Deadline latest = Deadline.after(System::nanoTime, UNTIL_BEGUN);
		while (!isJoining(exit) && !latest.hasPassed()) {
			Thread.sleep(1);
		}
		this.hooks = live().filter((thread) -> thread != exit && !before.contains(thread)).collect(Collectors.toSet());
	}

	/**
	 * Returns whether a thread belongs to a pool of a hook, who waits for its tasks. It
	 * may live on for long when it has nothing to do.
	 */
	private static boolean isOfPool(Thread thread) {
		return thread instanceof ForkJoinWorkerThread || Arrays.stream(thread.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals("java.util.concurrent.ThreadPoolExecutor$Worker"));
	}

	/**
	 * Returns whether the JVM waits for a hook, before which it has started all of them.
	 */
	private static boolean isJoining(Thread exit) {
		return Arrays.stream(exit.getStackTrace()).anyMatch((frame) -> frame.getMethodName().equals("join"));
	}

	private static Stream<Thread> live() {
		ThreadGroup all = Thread.currentThread().getThreadGroup();
		for (ThreadGroup parent = all.getParent(); parent != null; parent = all.getParent()) {
			all = parent;
		}
		Thread[] threads = new Thread[2 * all.activeCount() + THREADS];
		return Arrays.stream(threads, 0, all.enumerate(threads));
	}

	/**
	 * Holds the JVM, which has begun to exit, until the shutdown and the other hooks are
	 * over.
	 * @param code what it exits with by itself
	 * @param last the hooks that come last
	 */
	private void holdUntilStopped(int code, List<Thread> last) {
		awaitInterruptibly(this.stopped);
		this.hooks.forEach(JvmHooks::join);
		last.forEach(Thread::run);
		if (this.code != code) {
			this.flushLogs.run();
			Runtime.getRuntime().halt(this.code);
		}
	}

	private static void join(Thread hook) {
		try {
			while (hook != Thread.currentThread() && hook.isAlive() && !isOfPool(hook)) {
				hook.join(BETWEEN_LOOKS.toMillis());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Describes the hooks that have not ended, as far as they are known: those that run
	 * last, since Flight Recorder records, are not.
	 * @return the end of a sentence, with their stacks
	 */
	String stillRunning() {
		return this.hooks.stream()
			.filter((hook) -> hook.isAlive() && !hook.getName().startsWith("graceful-"))
			.map((hook) -> ", since a shutdown hook of the JVM is still running: " + hook.getName()
					+ Arrays.stream(hook.getStackTrace())
						.map((frame) -> System.lineSeparator() + "\tat " + frame)
						.collect(Collectors.joining()))
			.collect(Collectors.joining());
	}

	/**
	 * Ends the process.
	 * @param code its exit code
	 */
	void exit(int code) {
		this.code = code;
		this.stopped.countDown();
		System.exit(code);
	}

}
