package io.github.gracefulboot.shutdown;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Watches, while beans are destroyed, how the work ends that was left. Where the bean
 * that is being destroyed waits for it, as a library's scheduler does, and is done soon
 * after, the work was finished, unless connections were closed beneath it before.
 */
final class DestructionWatch {

	private static final long LOOK_MILLIS = 20;

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

	private final Supplier<Set<Long>> atWork;

	private final BooleanSupplier connections;

	private final Set<Long> left;

	private final Set<Long> finished = new HashSet<>();

	/**
	 * What ended while a bean was being destroyed that has not returned yet.
	 */
	private final Map<Long, Integer> ended = new HashMap<>();

	private final CountDownLatch over = new CountDownLatch(1);

	private boolean connected = true;

	private @Nullable String bean;

	private int looksAtBean;

	/**
	 * Creates the watch.
	 * @param left the threads whose work is left, by their ids
	 * @param atWork returns the threads at work now
	 * @param connections tells whether each bean that holds connections is open still
	 */
	DestructionWatch(Set<Long> left, Supplier<Set<Long>> atWork, BooleanSupplier connections) {
		this.left = new HashSet<>(left);
		this.atWork = atWork;
		this.connections = connections;
	}

	void start() {
		DaemonThreads.start("graceful-watch", this::watch);
	}

	private void watch() {
		try {
			do {
				look();
			}
			while (!this.over.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private synchronized void look() {
		String before = this.bean;
		int looks = this.looksAtBean;
		this.bean = beanBeingDestroyed();
		boolean same = this.bean != null && this.bean.equals(before);
		this.looksAtBean = same ? looks + 1 : 0;
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
		endedNow.removeAll(this.atWork.get());
		this.left.removeAll(endedNow);
		boolean connected = this.connected;
		this.connected = this.connections.getAsBoolean();
		if (before == null || looks < LOOKS_BEFORE || !connected) {
			return;
		}
		if (same) {
			endedNow.forEach((id) -> this.ended.put(id, 0));
		}
		else {
			this.finished.addAll(endedNow);
		}
	}

	/**
	 * Returns the class of the bean that is being destroyed, if its own method is called.
	 */
	private static @Nullable String beanBeingDestroyed() {
		return Thread.getAllStackTraces()
			.values()
			.stream()
			.map(DestructionWatch::beanDestroyedIn)
			.filter(Objects::nonNull)
			.findFirst()
			.orElse(null);
	}

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
	synchronized Set<Long> finished() {
		this.over.countDown();
		look();
		this.finished.addAll(this.ended.keySet());
		return this.finished;
	}

}
