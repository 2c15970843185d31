package io.github.gracefulboot.shutdown;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Watches, while beans are destroyed, how the work ends that was left. Where the bean
 * that is being destroyed waits for it, as a library's scheduler does, and is done soon
 * after, the work was finished, unless connections were closed beneath it before.
 */
final class DestructionWatch {

	private static final Log logger = LogFactory.getLog(DestructionWatch.class);

	private static final long LOOK_MILLIS = 20;

	private static final long LAST_LOOK_MILLIS = 500;

	/**
	 * For how many looks a bean has to be waiting when the work ends.
	 */
	private static final int LOOKS_BEFORE = 3;

	/**
	 * Within how many looks it has to be done then.
	 */
	private static final int LOOKS_AFTER = 25;

	private static final String ADAPTER = "org.springframework.beans.factory.support.DisposableBeanAdapter";

	private static final List<String> OTHERS = List.of("org.springframework.beans.factory.", "java.", "jdk.");

	private final Thread destroying;

	private final Supplier<Set<Long>> atWork;

	private final Supplier<BooleanSupplier> connections;

	private final Set<Long> all;

	private final Set<Long> left;

	private final Set<Long> finished = new HashSet<>();

	/**
	 * What ended while a bean was being destroyed that has not returned yet.
	 */
	private final Map<Long, Integer> ended = new HashMap<>();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch over = new CountDownLatch(1);

	private final Thread thread = DaemonThreads.factory("graceful-watch").newThread(this::watch);

	private boolean connected = true;

	private @Nullable String bean;

	private int looksAtBean;

	/**
	 * Creates the watch.
	 * @param destroying the thread that destroys the beans
	 * @param left the threads whose work is left, by their ids
	 * @param atWork returns the threads at work now
	 * @param connections finds the beans that hold connections, and what tells whether
	 * each of them is open still
	 */
	DestructionWatch(Thread destroying, Set<Long> left, Supplier<Set<Long>> atWork,
			Supplier<BooleanSupplier> connections) {
		this.destroying = destroying;
		this.all = Set.copyOf(left);
		this.left = new HashSet<>(left);
		this.atWork = atWork;
		this.connections = connections;
	}

	/**
	 * Starts the watch, before the first bean is destroyed. Pools are asked on its own
	 * thread: one that hangs may not answer.
	 */
	void start() {
		this.thread.start();
		try {
			this.begun.await(LAST_LOOK_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void watch() {
		try {
			BooleanSupplier open = findConnections();
			do {
				look(open);
			}
			while (!this.over.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
			look(open);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private BooleanSupplier findConnections() {
		try {
			return this.connections.get();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.debug("Cannot tell whether connections are open: work that ends is taken for lost", ex);
			return () -> false;
		}
		finally {
			this.begun.countDown();
		}
	}

	/**
	 * Asks before it holds the monitor: a pool that hangs may not answer.
	 */
	private void look(BooleanSupplier open) {
		Set<Long> now = this.atWork.get();
		boolean connected = open.getAsBoolean();
		note(now, connected, beanDestroyedIn(this.destroying.getStackTrace()));
	}

	private synchronized void note(Set<Long> now, boolean connected, @Nullable String bean) {
		boolean connectedBefore = this.connected;
		this.connected = connected;
		boolean same = bean != null && bean.equals(this.bean);
		boolean waits = this.bean != null && this.looksAtBean >= LOOKS_BEFORE && connectedBefore;
		this.bean = bean;
		this.looksAtBean = same ? this.looksAtBean + 1 : 0;
		this.ended.keySet().removeAll(now);
		this.finished.removeAll(now);
		if (same) {
			// One that goes on is not waiting for it
			this.ended.replaceAll((id, since) -> since + 1);
			this.ended.values().removeIf((since) -> since > LOOKS_AFTER);
		}
		else {
			this.finished.addAll(this.ended.keySet());
			this.ended.clear();
		}
		Set<Long> endedNow = new HashSet<>(this.left);
		endedNow.removeAll(now);
		this.left.removeAll(endedNow);
		this.left.addAll(this.all.stream().filter(now::contains).toList());
		if (waits && same) {
			endedNow.forEach((id) -> this.ended.put(id, 0));
		}
		else if (waits) {
			this.finished.addAll(endedNow);
		}
	}

	/**
	 * Returns the class of the bean that is being destroyed, if its own method is called.
	 */
	private static @Nullable String beanDestroyedIn(StackTraceElement[] frames) {
		int adapter = frames.length - 1;
		while (adapter >= 0 && !frames[adapter].getClassName().equals(ADAPTER)) {
			adapter--;
		}
		return Arrays.stream(frames, 0, Math.max(0, adapter))
			.map(StackTraceElement::getClassName)
			.filter((type) -> OTHERS.stream().noneMatch(type::startsWith))
			.reduce((inner, outer) -> outer)
			.orElse(null);
	}

	/**
	 * Ends the watch, now that all beans are destroyed.
	 * @return the threads whose work was finished, by their ids
	 */
	Set<Long> finished() {
		this.over.countDown();
		try {
			this.thread.join(LAST_LOOK_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		synchronized (this) {
			Set<Long> finished = new HashSet<>(this.finished);
			finished.addAll(this.ended.keySet());
			return finished;
		}
	}

}
