package io.github.gracefulboot.traffic;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * When the last requests came, and from where: at most one in 50 ms is looked at. Threads
 * that record at the same moment may overwrite each other, which costs an entry and no
 * time.
 */
final class Arrivals {

	private static final int KEPT = 64;

	private static final int MOST_ADDRESSES = 256;

	private static final long APART = Duration.ofMillis(50).toNanos();

	private final AtomicLongArray times = new AtomicLongArray(KEPT);

	private final Set<String> addresses = ConcurrentHashMap.newKeySet();

	private volatile boolean forwarded;

	private volatile int count;

	/**
	 * Notes that a request came.
	 * @param now when
	 * @param source gives where it came from
	 */
	void add(long now, Supplier<Peer> source) {
		int count = this.count;
		if (count > 0 && now - this.times.getOpaque((count - 1) % KEPT) < APART) {
			return;
		}
		this.times.setOpaque(count % KEPT, now);
		// Stays a multiple of KEPT ahead when it is full
		this.count = (count < 2 * KEPT - 1) ? count + 1 : KEPT;
		Peer peer = source.get();
		if (this.addresses.size() < MOST_ADDRESSES) {
			this.addresses.add(peer.address());
		}
		if (peer.forwarded()) {
			this.forwarded = true;
		}
	}

	/**
	 * Returns the longest time between two of the last 64 requests.
	 * @param now the time
	 * @return the time, or empty if there were too few
	 */
	Optional<Duration> longestGap(long now) {
		if (this.count < KEPT) {
			return Optional.empty();
		}
		long[] ages = LongStream.range(0, KEPT).map((i) -> now - this.times.getOpaque((int) i)).sorted().toArray();
		return Optional.of(Duration
			.ofNanos(LongStream.range(1, KEPT).map((i) -> ages[(int) i] - ages[(int) i - 1]).max().orElseThrow()));
	}

	/**
	 * Returns whether requests came from that address.
	 * @param address the address
	 * @return whether one did
	 */
	boolean comesFrom(String address) {
		return this.addresses.contains(address);
	}

	/**
	 * Returns whether requests were passed on by a proxy, which may have another address
	 * then than they seem to come from.
	 * @return whether one was
	 */
	boolean areForwarded() {
		return this.forwarded;
	}

}
