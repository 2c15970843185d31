package io.github.gracefulboot.background;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.gracefulboot.background.Stack.Activity;
import io.github.gracefulboot.background.Stack.Call;
import io.github.gracefulboot.background.VirtualThreads.VirtualThread;
import io.github.gracefulboot.shutdown.BusyThread;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.LoopCode;
import io.github.gracefulboot.shutdown.MethodCode.Loop;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

/**
 * Looks at the threads of the JVM for work in hand. A loop that goes on for as long as
 * the process lives is none: what was at it already when the service became ready, and
 * what comes back to the same pause again and again. A look takes about a millisecond.
 */
final class ThreadWatch {

	/**
	 * How long work that a shutdown waits for may come back to the same pause, or wait
	 * for something to come, before it is taken for a loop.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(3);

	/**
	 * For how long a thread that goes on may use no processor.
	 */
	private static final Duration MOMENT = Duration.ofMillis(200);

	/**
	 * How often a thread that was started for a single purpose, and that nobody waits
	 * for, may have paused before it is taken for a loop at once.
	 */
	private static final int PAUSES = 5;

	private final Predicate<String> application;

	private final Predicate<String> excluded;

	private final Thread main;

	private final LongSupplier clock;

	/**
	 * Made at the first look: a start has no use for it.
	 */
	private final Supplier<VirtualThreads> virtualThreads = SingletonSupplier.of(VirtualThreads::new);

	private final Queue<Seen> seenWhenReady = new ConcurrentLinkedQueue<>();

	private final Map<Long, WhenReady> whenReady = new ConcurrentHashMap<>();

	/**
	 * Whether what pauses in a call has no end, as far as that was asked.
	 */
	private final Map<Call, Boolean> endless = new ConcurrentHashMap<>();

	private final LoopCode code = new LoopCode();

	/**
	 * The threads that were alive when the service became ready, though one that was just
	 * being started had no stack yet.
	 */
	private final Set<Long> aliveWhenReady = ConcurrentHashMap.newKeySet();

	private volatile long firstAfterReady;

	private final Map<Long, Pause> pauses = new ConcurrentHashMap<>();

	private final Map<Long, String> loops = new ConcurrentHashMap<>();

	private final Map<Long, Progress> progress = new ConcurrentHashMap<>();

	private volatile boolean counting;

	/**
	 * Creates the watch.
	 * @param application whether a class is the application's, by its name
	 * @param excluded which threads not to look at, by their names
	 * @param main the thread that starts the application
	 * @param clock the time
	 */
	ThreadWatch(Predicate<String> application, Predicate<String> excluded, Thread main, LongSupplier clock) {
		this.application = application;
		this.excluded = excluded;
		this.main = main;
		this.clock = clock;
	}

	/**
	 * Remembers what the threads do now. What that is is worked out at the first look: a
	 * start pays for nothing that only a shutdown needs.
	 * @param threads creates the thread that looks
	 */
	void startWith(ThreadFactory threads) {
		Thread looking = Objects.requireNonNull(threads.newThread(this::rememberThreads));
		this.firstAfterReady = looking.getId();
		DaemonThreads.startOrRun(looking, this::rememberThreads);
	}

	private void rememberThreads() {
		for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
			Thread thread = entry.getKey();
			if (thread.getId() < this.firstAfterReady && thread != this.main) {
				this.aliveWhenReady.add(thread.getId());
				this.seenWhenReady.add(new Seen(new WeakReference<>(thread), thread.getState(), entry.getValue()));
			}
		}
	}

	/**
	 * Forgets what a thread did when the service became ready if it is at another task
	 * now, or at none. Where it worked then and waits now, only that is left to remember.
	 */
	void forgetEnded() {
		workOut();
		Map<Thread, StackTraceElement[]> threads = Thread.getAllStackTraces();
		threads.forEach((thread, frames) -> this.whenReady.computeIfPresent(thread.getId(), (id, then) -> {
			Stack stack = new Stack(frames, this.application);
			if (Place.of(thread, stack, this.main) == Place.NONE || !stack.task().equals(then.task())) {
				return null;
			}
			boolean works = stack.activity(thread.getState(), false) == Activity.WORK;
			return works ? then.alsoAt(stack) : !then.worked() ? then : WhenReady.of(false, stack);
		}));
		forgetOthers(threads.keySet());
	}

	/**
	 * Returns what a thread did when the service became ready.
	 * @return what it did, or {@code null} if it was not at a task
	 */
	private @Nullable WhenReady whenReady(Thread of) {
		workOut();
		return this.whenReady.get(of.getId());
	}

	private synchronized void workOut() {
		for (Seen seen = this.seenWhenReady.poll(); seen != null; seen = this.seenWhenReady.poll()) {
			Thread thread = seen.thread().get();
			Stack stack = new Stack(seen.frames(), this.application);
			if (thread != null && Place.of(thread, stack, this.main) != Place.NONE) {
				boolean worked = stack.activity(seen.state(), false) == Activity.WORK;
				this.whenReady.put(thread.getId(), WhenReady.of(worked, stack));
			}
		}
	}

	/**
	 * Counts from now on how often threads come back to the same pause. Before, a look
	 * would find a job in the run of today at the pause of the run of yesterday.
	 */
	void startCounting() {
		this.counting = true;
	}

	/**
	 * Returns whether a thread waits for the shutdown that it has asked for.
	 * @param thread the thread, or {@code null} if it is not known
	 * @return whether it does
	 */
	boolean waitsForShutdown(@Nullable Thread thread) {
		return thread != null && new Stack(thread.getStackTrace(), this.application).waitsForShutdown();
	}

	/**
	 * Returns the threads that are at work, or at a loop that came back to the same
	 * pause.
	 * @return the threads
	 */
	List<ThreadAtWork> look() {
		List<ThreadAtWork> found = new ArrayList<>();
		Map<Thread, StackTraceElement[]> threads = Thread.getAllStackTraces();
		this.virtualThreads.get().look(threads.keySet());
		threads.forEach((thread, frames) -> {
			ThreadAtWork atWork = (thread != Thread.currentThread() && !this.excluded.test(thread.getName()))
					? atWork(thread, new Stack(frames, this.application)) : null;
			if (atWork != null) {
				found.add(atWork);
			}
		});
		forgetOthers(threads.keySet());
		return found;
	}

	private void forgetOthers(Set<Thread> alive) {
		Set<Long> ids = alive.stream().map(Thread::getId).collect(Collectors.toSet());
		Stream.of(this.whenReady, this.pauses, this.loops, this.progress).forEach((map) -> map.keySet().retainAll(ids));
		this.aliveWhenReady.retainAll(ids);
	}

	private @Nullable ThreadAtWork atWork(Thread thread, Stack stack) {
		Place place = Place.of(thread, stack, this.main);
		if (place == Place.NONE) {
			this.pauses.remove(thread.getId());
			this.loops.remove(thread.getId());
			return null;
		}
		Activity activity = StandardInput.isReadBy(thread, stack.frames()) ? Activity.NONE
				: stack.activity(thread.getState(), place == Place.MAIN);
		String task = stack.task();
		boolean mayWaitForResult = place.isAwaited() && place != Place.MAIN && stack.runsApplication()
				&& !isPlaceOfReady(thread, stack);
		if (activity == Activity.NONE && !mayWaitForResult || hasRunSinceReady(thread, stack, task)
				|| activity == Activity.PAUSE && isEndless(stack)
				|| isLoopOfReady(thread, stack, activity, place.isAwaited())) {
			return null;
		}
		if (activity == Activity.NONE && hasWaitedLong(thread, stack)
				|| activity == Activity.PAUSE && isLoop(thread, place, stack)) {
			this.loops.put(thread.getId(), task);
		}
		boolean loop = task.equals(this.loops.get(thread.getId()));
		boolean mayReturn = activity != Activity.NONE && whenReady(thread) == null;
		return new ThreadAtWork(thread, place, task, stack.frames(), loop, mayReturn);
	}

	/**
	 * Returns the virtual threads that run code of the application and are at work, and
	 * have been started since the service became ready. Nothing tells how often one has
	 * paused, so that only a loop without an end can be told from work. None are found
	 * before the first {@linkplain #look() look} at the others, which serve them.
	 * @return the threads
	 */
	List<BusyThread> lookAtVirtualThreads() {
		List<BusyThread> found = new ArrayList<>();
		for (VirtualThread thread : this.virtualThreads.get().list()) {
			Stack stack = new Stack(thread.stack().toArray(StackTraceElement[]::new), this.application);
			Activity activity = stack.activity(thread.state(), false);
			if (thread.id() > this.firstAfterReady && !this.excluded.test(thread.name()) && stack.runsApplication()
					&& !stack.waitsForShutdown() && activity != Activity.NONE
					&& (activity != Activity.PAUSE || !isEndless(stack))) {
				String name = thread.name().isEmpty() ? "#" + thread.id() : thread.name();
				found.add(new BusyThread(thread.id(), name, true, stack.task(), thread.stack()));
			}
		}
		return found;
	}

	private boolean hasRunSinceReady(Thread thread, Stack stack, String task) {
		WhenReady then = whenReady(thread);
		if (then == null) {
			return this.aliveWhenReady.contains(thread.getId()) && stack.isDedicated();
		}
		if (!then.worksOn(task) || stack.isRepeated() || !then.placesOfWork().contains(stack.placeOfApplication())) {
			return false;
		}
		return switch (this.code.around(List.of(stack.placeOfApplication(), stack.callers()))) {
			case COUNTED -> false;
			case READING -> !goesOn(thread);
			case OPEN, NONE -> true;
		};
	}

	/**
	 * Returns whether a thread has used a processor a moment ago. One that waits in a
	 * call of the system, for what comes on a connection, has not.
	 */
	private boolean goesOn(Thread thread) {
		long now = System.nanoTime();
		long time = processorTime(thread);
		Progress progress = this.progress.merge(thread.getId(), new Progress(time, now),
				(before, current) -> (before.processorTime() != time) ? current : before);
		return now - progress.since() < MOMENT.toNanos();
	}

	private static long processorTime(Thread thread) {
		try {
			return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.getId());
		}
		catch (RuntimeException | LinkageError ex) {
			// Without the module java.management, or where the JVM does not measure it
			return 0;
		}
	}

	private boolean isEndless(Stack stack) {
		Call call = stack.call();
		return call != null && this.endless.computeIfAbsent(call, EndlessPause::isAt);
	}

	/**
	 * Returns the loop around a pause. Where the application is in none, it may be one of
	 * who has called it, or of the library that it has called.
	 */
	private Loop loopAroundPause(Stack stack) {
		return this.code.around(List.of(stack.placeOfApplication(), stack.callers(), stack.others()));
	}

	/**
	 * Returns whether a thread waits for something to come, or pauses, where it did when
	 * the service became ready, and comes back to that for ever. A pause in no loop at
	 * all is within a task that goes on, begun just before. But on a thread that nobody
	 * waits for it may be a delay.
	 */
	private boolean isLoopOfReady(Thread thread, Stack stack, Activity activity, boolean awaited) {
		if (activity == Activity.WORK || !isPlaceOfReady(thread, stack)) {
			return false;
		}
		return activity == Activity.NONE || switch (loopAroundPause(stack)) {
			case OPEN, READING -> true;
			case COUNTED -> false;
			case NONE -> !awaited || isEndless(stack);
		};
	}

	private boolean isPlaceOfReady(Thread thread, Stack stack) {
		WhenReady then = whenReady(thread);
		return then != null && !then.worked() && then.place().equals(stack.place())
				&& (!stack.isRepeated() || stack.waitsForWork() || isEndless(stack));
	}

	/**
	 * Returns whether a thread that was at a task when the service became ready has
	 * nothing in hand now.
	 * @param thread the thread
	 * @return whether it waits for something to come, or pauses as it did then
	 */
	boolean isAtLoop(Thread thread) {
		Stack stack = new Stack(thread.getStackTrace(), this.application);
		WhenReady then = whenReady(thread);
		Activity activity = stack.activity(thread.getState(), false);
		if (activity != Activity.NONE) {
			return isLoopOfReady(thread, stack, activity, true);
		}
		return stack.runsApplication()
				&& (isLoopOfReady(thread, stack, activity, true) || then != null && then.worksOn(stack.task())
						|| isVirtual(thread) && thread.getId() < this.firstAfterReady);
	}

	private static boolean isVirtual(Thread thread) {
		return thread.getClass().getName().equals("java.lang.VirtualThread");
	}

	private boolean isLoop(Thread thread, Place place, Stack stack) {
		if (loopAroundPause(stack) != Loop.OPEN) {
			return false;
		}
		long times = pauses(thread);
		long now = this.clock.getAsLong();
		Pause pause = pause(thread, stack, times, now);
		if (times > pause.times() && (!place.isAwaited() || now - pause.since() >= PATIENCE.toNanos())) {
			return true;
		}
		return !place.isAwaited() && stack.isDedicated() && times >= PAUSES;
	}

	/**
	 * Returns whether a task has waited for something to come, without a timeout, for
	 * longer than for a result of its own.
	 */
	private boolean hasWaitedLong(Thread thread, Stack stack) {
		long now = this.clock.getAsLong();
		return now - pause(thread, stack, 0, now).since() >= PATIENCE.toNanos();
	}

	/**
	 * Returns the pause that a thread was found in before, if it is in that still or
	 * again, or one that begins now.
	 */
	private Pause pause(Thread thread, Stack stack, long times, long now) {
		Pause pause = new Pause(stack.place(), times, now);
		return !this.counting ? pause : this.pauses.merge(thread.getId(), pause,
				(before, current) -> before.place().equals(current.place()) ? before : current);
	}

	/**
	 * Returns how often a thread has waited, which the JVM counts.
	 */
	private static long pauses(Thread thread) {
		try {
			ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.getId());
			return (info != null) ? info.getWaitedCount() : 0;
		}
		catch (RuntimeException | LinkageError ex) {
			// Without the module java.management
			return 0;
		}
	}

	/**
	 * A thread as it was when the service became ready.
	 *
	 * @param thread the thread, which may end
	 * @param state its state
	 * @param frames its stack
	 */
	private record Seen(WeakReference<Thread> thread, Thread.State state, StackTraceElement[] frames) {

	}

	/**
	 * What a thread did when the service became ready.
	 *
	 * @param worked whether it worked, rather than pausing or waiting
	 * @param task what it was busy with
	 * @param place where it was
	 * @param placesOfWork where in the code of the application it has been seen, then and
	 * some time later
	 */
	private record WhenReady(boolean worked, String task, List<String> place,
			Set<List<StackTraceElement>> placesOfWork) {

		private static WhenReady of(boolean worked, Stack stack) {
			return new WhenReady(worked, stack.task(), stack.place(), Set.of(stack.placeOfApplication()));
		}

		private WhenReady alsoAt(Stack stack) {
			Set<List<StackTraceElement>> places = new HashSet<>(this.placesOfWork);
			places.add(stack.placeOfApplication());
			return new WhenReady(this.worked, this.task, this.place, places);
		}

		private boolean worksOn(String task) {
			return this.worked && !task.isEmpty() && task.equals(this.task);
		}

	}

	/**
	 * A pause that a thread was found in.
	 *
	 * @param place the lines below it
	 * @param times how often the thread had waited by then
	 * @param since when it was found first
	 */
	private record Pause(List<String> place, long times, long since) {

	}

	/**
	 * How far a thread has come.
	 *
	 * @param processorTime how long it has used a processor by then
	 * @param since when it was found so far first
	 */
	private record Progress(long processorTime, long since) {

	}

}
