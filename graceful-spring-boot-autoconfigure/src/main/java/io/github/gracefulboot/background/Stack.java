package io.github.gracefulboot.background;

import java.lang.Thread.State;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import io.github.gracefulboot.shutdown.LoopCode;
import org.jspecify.annotations.Nullable;

/**
 * What the stack of a thread says about its work. The names of the JDK's own classes are
 * those of 17 and 25.
 */
final class Stack {

	private static final String LAMBDA = "$$Lambda";

	private static final String COROUTINES = "kotlinx.coroutines.";

	/**
	 * What a thread waits in for something to come.
	 */
	private static final Set<String> WAITING_FOR_WORK = Set.of("java.util.concurrent.ForkJoinPool.awaitWork",
			"java.util.concurrent.ThreadPoolExecutor.getTask", "java.lang.ref.ReferenceQueue.remove",
			"java.net.ServerSocket.accept", "java.net.DatagramSocket.receive", "java.util.Scanner.readInput");

	/**
	 * Pools of connections, some of which hand them over in a queue.
	 */
	private static final List<String> POOLS = List.of("com.zaxxer.hikari.", "org.apache.commons.pool2.",
			"org.apache.tomcat.jdbc.pool.", "oracle.ucp.");

	/**
	 * Who runs the rounds of a task, besides {@code FutureTask.runAndReset}.
	 */
	private static final Set<String> REPEATING = Set.of("java.util.TimerThread",
			"org.springframework.scheduling.concurrent.ReschedulingRunnable");

	private static final Set<String> CHANNELS = Set.of("accept", "receive");

	private static final Set<String> CONSUMING = Set.of("take", "takeFirst", "takeLast", "poll", "pollFirst",
			"pollLast", "transfer");

	/**
	 * What a thread waits in until it is called by another.
	 */
	private static final Set<String> SIGNALS = Set.of("java.lang.Object", "java.lang.Thread",
			"java.util.concurrent.locks.LockSupport",
			"java.util.concurrent.locks.AbstractQueuedSynchronizer$ConditionObject",
			"java.util.concurrent.locks.AbstractQueuedLongSynchronizer$ConditionObject",
			"java.util.concurrent.CountDownLatch", "java.util.concurrent.CyclicBarrier",
			"java.util.concurrent.Semaphore", "java.util.concurrent.Phaser", "java.util.concurrent.Exchanger",
			"java.util.concurrent.TimeUnit");

	/**
	 * What the main thread waits in for as long as the process lives, besides.
	 */
	private static final Set<String> RESULTS = Set.of("java.util.concurrent.CompletableFuture",
			"java.util.concurrent.locks.AbstractQueuedSynchronizer");

	private final StackTraceElement[] frames;

	private final Predicate<String> application;

	private final int lowestOfApplication;

	/**
	 * The JDK's own frames on top.
	 */
	private final int top;

	private final boolean calledByApplication;

	Stack(StackTraceElement[] frames, Predicate<String> application) {
		this.frames = frames;
		this.application = application;
		int lowest = frames.length - 1;
		while (lowest >= 0 && !application.test(frames[lowest].getClassName())) {
			lowest--;
		}
		this.lowestOfApplication = lowest;
		int jdk = 0;
		while (jdk < frames.length && LoopCode.isOfTheJdk(frames[jdk])) {
			jdk++;
		}
		this.top = jdk;
		this.calledByApplication = jdk < frames.length && application.test(frames[jdk].getClassName());
	}

	StackTraceElement[] frames() {
		return this.frames;
	}

	boolean isEmpty() {
		return this.frames.length == 0;
	}

	/**
	 * Returns whether the thread runs code of the application.
	 * @return whether it does
	 */
	boolean runsApplication() {
		return this.lowestOfApplication >= 0;
	}

	/**
	 * Returns what the thread is busy with, such as {@code com.example.Orders.export}:
	 * the lowest frame of the application or, if there is none, of a library.
	 * @return the class and the method
	 */
	String task() {
		for (int i = this.lowestOfApplication; i >= 0; i--) {
			// The JVM shows the class of a lambda, which is below its method
			if (i == 0 || !isLambda(this.frames[i])) {
				return name(this.frames[i]);
			}
		}
		for (int i = this.frames.length - 1; i >= 0; i--) {
			if (!LoopCode.isOfTheJdk(this.frames[i])
					&& !this.frames[i].getClassName().startsWith("reactor.core.scheduler.")) {
				return name(this.frames[i]);
			}
		}
		return "";
	}

	private static boolean isLambda(StackTraceElement frame) {
		return frame.getClassName().contains(LAMBDA);
	}

	private static String name(StackTraceElement frame) {
		return frame.getClassName() + "." + frame.getMethodName().replaceFirst("^lambda\\$(.+)\\$\\d+$", "$1");
	}

	/**
	 * Returns whether the thread was started for the work that it does, and will end with
	 * it.
	 * @return whether nothing but the task is on its stack
	 */
	boolean isDedicated() {
		return runsApplication() && Arrays.stream(this.frames, this.lowestOfApplication + 1, this.frames.length)
			.allMatch((frame) -> frame.getClassName().equals("java.lang.Thread") || isOfCompletableFuture(frame));
	}

	/**
	 * Returns whether the thread runs a task of a {@code CompletableFuture} that was
	 * given a thread of its own.
	 * @return whether it does
	 */
	boolean isTaskWithThread() {
		int i = this.frames.length - 1;
		while (i >= 0 && this.frames[i].getClassName().equals("java.lang.Thread")) {
			i--;
		}
		return i >= 0 && isOfCompletableFuture(this.frames[i]);
	}

	private static boolean isOfCompletableFuture(StackTraceElement frame) {
		return frame.getClassName().startsWith("java.util.concurrent.CompletableFuture$");
	}

	boolean contains(String classPrefix, String part) {
		return Arrays.stream(this.frames)
			.map(StackTraceElement::getClassName)
			.anyMatch((name) -> name.startsWith(classPrefix) && name.contains(part));
	}

	/**
	 * Returns whether the thread waits for the shutdown that it has asked for.
	 * @return whether it does
	 */
	boolean waitsForShutdown() {
		return Arrays.stream(this.frames)
			.anyMatch((frame) -> frame.getClassName().equals("java.lang.Shutdown")
					|| frame.getClassName().equals("org.springframework.context.support.AbstractApplicationContext")
							&& frame.getMethodName().equals("close"));
	}

	/**
	 * Returns the lines of code below what a thread pauses in, which are the same
	 * whenever it comes back to that. The JDK's own frames and those of lambdas are left
	 * out: of these, {@link Thread#getStackTrace()} hides some that
	 * {@link Thread#getAllStackTraces()} shows.
	 * @return a line for each frame
	 */
	List<String> place() {
		return framesOfOthers()
			.map((frame) -> frame.getClassName() + "." + frame.getMethodName() + ":" + frame.getLineNumber())
			.toList();
	}

	private Stream<StackTraceElement> framesOfOthers() {
		return Arrays.stream(this.frames, this.top, this.frames.length)
			.filter((frame) -> !LoopCode.isOfTheJdk(frame) && !isLambda(frame));
	}

	/**
	 * Returns the frames of the application and of who has called it, neither the JDK's
	 * nor those of lambdas. What a library does that the application has called is its
	 * own affair, such as a loop of a driver.
	 * @return the frames, or those of libraries if there are none
	 */
	List<StackTraceElement> callers() {
		return runsApplication()
				? framesOfOthers().dropWhile((frame) -> !this.application.test(frame.getClassName())).toList()
				: others();
	}

	/**
	 * Returns all frames but those of lambdas and the JDK's.
	 * @return the frames
	 */
	List<StackTraceElement> others() {
		return framesOfOthers().toList();
	}

	/**
	 * Returns where the application is, whatever the libraries do that it has called.
	 * @return its frames
	 */
	List<StackTraceElement> placeOfApplication() {
		return framesOfOthers().filter((frame) -> this.application.test(frame.getClassName())).toList();
	}

	/**
	 * Returns what the thread does.
	 * @param state its state
	 * @param keepsAlive whether the thread may have nothing to do but to keep the process
	 * alive, as the main thread
	 * @return the activity
	 */
	Activity activity(State state, boolean keepsAlive) {
		if (isEmpty() || waitsForWork()) {
			return Activity.NONE;
		}
		boolean timed = state == State.TIMED_WAITING;
		if (state != State.WAITING && !timed) {
			return Activity.WORK;
		}
		boolean onlyJdk = this.top == this.frames.length;
		if (!runsApplication() && !(timed && onlyJdk)) {
			return Activity.NONE;
		}
		StackTraceElement call = (this.top > 0) ? this.frames[onlyJdk ? 0 : this.top - 1] : null;
		String waitsIn = (call != null) ? call.getClassName() : "";
		boolean signal = SIGNALS.contains(waitsIn);
		if (timed && keepsAlive && call != null && !isSleep(call) && (signal || isWaitForThreads(call))) {
			return Activity.NONE;
		}
		if (timed) {
			boolean pause = this.calledByApplication || onlyJdk || call != null && call.getMethodName().equals("sleep");
			return !signal ? Activity.WORK : pause ? Activity.PAUSE : Activity.WAIT;
		}
		boolean idle = keepsAlive ? signal || RESULTS.contains(waitsIn) : signal && this.calledByApplication;
		return idle ? Activity.NONE : Activity.WORK;
	}

	/**
	 * Returns where the application has called what the thread waits in.
	 * @return the call, or {@code null} if it was not the application
	 */
	@Nullable Call call() {
		return (this.calledByApplication && this.top > 0)
				? new Call(this.frames[this.top], this.frames[this.top - 1].getMethodName()) : null;
	}

	/**
	 * {@code runBlocking} of Kotlin, which parks the main thread for a time, waits for
	 * something to come.
	 */
	private boolean isSleep(StackTraceElement call) {
		return call.getMethodName().equals("sleep") || call.getMethodName().startsWith("park")
				&& !(this.top < this.frames.length && this.frames[this.top].getClassName().startsWith(COROUTINES));
	}

	private static boolean isWaitForThreads(StackTraceElement call) {
		return call.getMethodName().equals("awaitTermination");
	}

	/**
	 * Returns whether the thread runs one of the rounds of a task that a scheduler
	 * repeats.
	 * @return whether it does
	 */
	boolean isRepeated() {
		return Arrays.stream(this.frames)
			.anyMatch(
					(frame) -> frame.getMethodName().equals("runAndReset") || REPEATING.contains(frame.getClassName()));
	}

	/**
	 * Returns whether the thread waits for something to come.
	 * @return whether it does, unless it can be a result of its own
	 */
	boolean waitsForWork() {
		return !waitsForConnection() && Arrays.stream(this.frames, 0, this.top).anyMatch(Stack::waitsForWork);
	}

	private boolean waitsForConnection() {
		return this.top < this.frames.length
				&& POOLS.stream().anyMatch(this.frames[this.top].getClassName()::startsWith);
	}

	private static boolean waitsForWork(StackTraceElement frame) {
		String type = frame.getClassName();
		String method = frame.getMethodName();
		return WAITING_FOR_WORK.contains(type + "." + method)
				|| type.startsWith("java.util.concurrent.") && (type.endsWith("Queue") || type.endsWith("Deque"))
						&& CONSUMING.contains(method)
				|| type.equals("sun.nio.ch.SelectorImpl") || type.startsWith("sun.nio.ch.") && CHANNELS.contains(method)
				|| type.equals("sun.nio.fs.AbstractWatchService") || type.equals("java.io.Console");
	}

	/**
	 * A call of a method of the JDK.
	 *
	 * @param from the method and the line that it comes from
	 * @param method the name of the method that is called
	 */
	record Call(StackTraceElement from, String method) {

	}

	/**
	 * What a thread does.
	 */
	enum Activity {

		/**
		 * It waits for something to come.
		 */
		NONE,

		/**
		 * It lets time pass, within its work or between two rounds of a loop.
		 */
		PAUSE,

		/**
		 * It waits within a library, as a rule for a response, or for something to come.
		 */
		WAIT,

		/**
		 * It works.
		 */
		WORK

	}

}
