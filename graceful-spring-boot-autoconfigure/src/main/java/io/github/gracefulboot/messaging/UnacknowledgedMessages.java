package io.github.gracefulboot.messaging;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * The messages that the listener of a container has taken and not acknowledged. Used for
 * containers that leave it to their listener to acknowledge, which may happen long after
 * it has returned.
 */
public final class UnacknowledgedMessages {

	/**
	 * How long a shutdown waits without a sign for messages that are acknowledged by
	 * hand, since nothing tells whether they ever will be.
	 */
	static final Duration PATIENCE = Duration.ofSeconds(10);

	/**
	 * The least patience with listeners that acknowledge several messages at once.
	 */
	static final Duration LEAST_PATIENCE = Duration.ofSeconds(1);

	/**
	 * How many messages of a source are kept, for listeners that never acknowledge.
	 */
	private static final int MOST = 10_000;

	private final boolean certain;

	private final Predicate<Object> exists;

	private final LongSupplier clock;

	/**
	 * When each message was taken, by its source and its number.
	 */
	private final Map<Object, NavigableMap<Long, Long>> taken = new HashMap<>();

	private final Set<Thread> listening = new HashSet<>();

	private long firstTaken;

	private long lastSign;

	private long longest;

	private @Nullable Long closedAt;

	private boolean ended;

	private boolean acknowledges;

	private boolean acknowledgesLater;

	private boolean severalAtOnce;

	private boolean eachByItself;

	/**
	 * Creates an instance for one container.
	 * @param certain whether each message will be acknowledged or returned, since the
	 * container does so when the future that the listener has returned is complete
	 * @param exists whether messages of a source can still be acknowledged
	 */
	public UnacknowledgedMessages(boolean certain, Predicate<Object> exists) {
		this(certain, exists, System::nanoTime);
	}

	UnacknowledgedMessages(boolean certain, Predicate<Object> exists, LongSupplier clock) {
		this.certain = certain;
		this.exists = exists;
		this.clock = clock;
	}

	/**
	 * Calls the listener, unless the shutdown has begun: a message that is left out is
	 * not acknowledged, so that the broker delivers it again.
	 * @param messages the numbers of the messages, which rise within a source, by their
	 * source, such as a channel
	 * @param listener calls the listener
	 * @return what the listener returned
	 * @throws Throwable what the listener threw, after which the messages are up to the
	 * container again
	 */
	public @Nullable Object take(Map<?, ? extends Collection<Long>> messages, Listener listener) throws Throwable {
		if (!begin(messages)) {
			return null;
		}
		boolean returned = false;
		try {
			Object result = listener.call();
			returned = true;
			return result;
		}
		finally {
			returned(messages, returned);
		}
	}

	private synchronized boolean begin(Map<?, ? extends Collection<Long>> messages) {
		// A part of a message that was taken before belongs to it
		if (this.closedAt != null && !messages.entrySet().stream().allMatch(this::isTaken)) {
			return false;
		}
		this.listening.add(Thread.currentThread());
		this.lastSign = this.clock.getAsLong();
		if (this.taken.isEmpty() && !this.acknowledges) {
			this.firstTaken = this.lastSign;
		}
		messages.forEach((source, ids) -> {
			NavigableMap<Long, Long> ofSource = this.taken.computeIfAbsent(source, (added) -> new TreeMap<>());
			ids.forEach((id) -> ofSource.put(id, this.lastSign));
			while (ofSource.size() > MOST) {
				ofSource.pollFirstEntry();
			}
		});
		return true;
	}

	private boolean isTaken(Map.Entry<?, ? extends Collection<Long>> messages) {
		return of(messages.getKey()).keySet().containsAll(messages.getValue());
	}

	private synchronized void returned(Map<?, ? extends Collection<Long>> messages, boolean returned) {
		this.listening.remove(Thread.currentThread());
		if (!returned) {
			messages.forEach((source, ids) -> of(source).keySet().removeAll(ids));
		}
	}

	private NavigableMap<Long, Long> of(Object source) {
		return this.taken.getOrDefault(source, Collections.emptyNavigableMap());
	}

	/**
	 * Called when a message was acknowledged or rejected.
	 * @param source where it came from
	 * @param id its number
	 * @param andAllBefore whether this goes for all messages before it, too
	 */
	public synchronized void acknowledged(Object source, long id, boolean andAllBefore) {
		if (this.ended) {
			return;
		}
		NavigableMap<Long, Long> done = of(source).subMap(andAllBefore ? Long.MIN_VALUE : id, true, id, true);
		this.lastSign = this.clock.getAsLong();
		this.acknowledges = true;
		this.acknowledgesLater |= !this.listening.contains(Thread.currentThread());
		this.severalAtOnce |= done.size() > 1;
		// A later one has covered it, and it was acknowledged all the same
		this.eachByItself |= done.isEmpty();
		done.values().forEach((since) -> this.longest = Math.max(this.longest, this.lastSign - since));
		done.clear();
	}

	/**
	 * Forgets messages that can no longer be acknowledged.
	 * @param source where they came from
	 */
	public synchronized void forget(Object source) {
		if (!this.ended) {
			this.taken.remove(source);
		}
	}

	/**
	 * Leaves out all messages from now on.
	 * @return whether there are any to wait for
	 */
	public synchronized boolean close() {
		if (this.closedAt == null) {
			this.closedAt = this.clock.getAsLong();
		}
		return !isDone();
	}

	/**
	 * Returns whether messages are left out.
	 * @return whether the shutdown has begun
	 */
	public synchronized boolean isClosed() {
		return this.closedAt != null;
	}

	/**
	 * Waits until each message is acknowledged, or no longer expected to be.
	 * @param deadline the deadline for them
	 * @throws InterruptedException if the thread was interrupted while it waited
	 */
	public void await(Deadline deadline) throws InterruptedException {
		close();
		deadline.await(() -> {
			sources().stream().filter(this.exists.negate()).forEach(this::forget);
			return isDone() || isQuiet();
		});
		end();
	}

	/**
	 * Returns a copy, since a lock of the container may be needed to look at them.
	 */
	private synchronized Set<Object> sources() {
		return Set.copyOf(this.taken.keySet());
	}

	/**
	 * Stops looking: from now on the container ends, and with it partitions and channels.
	 */
	private synchronized void end() {
		forgetUnexpected();
		this.ended = true;
	}

	/**
	 * Returns whether no message is waited for.
	 * @return whether each was acknowledged, or is not expected to be
	 */
	public synchronized boolean isDone() {
		if (!this.listening.isEmpty()) {
			return false;
		}
		forgetUnexpected();
		return this.taken.values().stream().allMatch(Map::isEmpty);
	}

	/**
	 * Forgets what will not be acknowledged, as far as the past can tell.
	 */
	private void forgetUnexpected() {
		if (this.certain || this.closedAt == null || this.ended || !this.listening.isEmpty()) {
			return;
		}
		long now = this.closedAt;
		boolean never = !this.acknowledges && now - this.firstTaken > PATIENCE.toNanos();
		boolean onlyBeforeReturn = this.acknowledges && !this.acknowledgesLater;
		boolean onlyWithMore = isAcknowledgedTogether() && isQuiet();
		if (never || onlyBeforeReturn || onlyWithMore) {
			this.taken.clear();
		}
		long oldest = Math.max(PATIENCE.toNanos(), 2 * this.longest);
		this.taken.values().forEach((ofSource) -> ofSource.values().removeIf((since) -> now - since > oldest));
	}

	private boolean isAcknowledgedTogether() {
		return this.severalAtOnce && !this.eachByItself;
	}

	private synchronized boolean isQuiet() {
		long usual = 2 * this.longest;
		long patience = isAcknowledgedTogether()
				? Math.min(Math.max(usual, LEAST_PATIENCE.toNanos()), PATIENCE.toNanos())
				: Math.max(usual, PATIENCE.toNanos());
		return !this.certain && this.listening.isEmpty() && this.clock.getAsLong() - this.lastSign > patience;
	}

	/**
	 * Describes the messages if they are all that is left to wait for.
	 * @param listener the name of the listener
	 * @return a single task without a thread, or none while the listener is being called
	 */
	public synchronized Collection<ActiveTask> activeTasks(String listener) {
		if (isDone() || !this.listening.isEmpty()) {
			return List.of();
		}
		List<Long> times = this.taken.values().stream().flatMap((ofSource) -> ofSource.values().stream()).toList();
		long now = this.clock.getAsLong();
		long age = times.stream().mapToLong((since) -> now - since).max().orElse(0);
		return List.of(new ActiveTask("%s: %d not acknowledged".formatted(listener, times.size()),
				Duration.ofNanos(age), null));
	}

	/**
	 * A call of a listener.
	 */
	@FunctionalInterface
	public interface Listener {

		/**
		 * Calls the listener.
		 * @return what it returned
		 * @throws Throwable what it threw
		 */
		@Nullable Object call() throws Throwable;

	}

}
