package io.github.gracefulboot.posix;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import com.sun.jna.Memory;
import com.sun.jna.NativeLong;

/**
 * Waits for descriptors to become readable, until the waiting is ended.
 */
public final class DescriptorWait implements AutoCloseable {

	/**
	 * Waits for as long as it takes.
	 */
	public static final int NO_LIMIT = -1;

	private static final int POLLIN = 1;

	private static final int ENTRY = 8;

	private static final int REVENTS = 6;

	private final CLibrary c = CLibrary.load();

	/**
	 * A pipe that is polled together with the descriptor, and closed to end the wait.
	 */
	private final int[] alarm = new int[2];

	private final AtomicBoolean ended = new AtomicBoolean();

	/**
	 * Prepares to wait.
	 */
	public DescriptorWait() {
		this.c.pipe2(this.alarm, CLibrary.O_CLOEXEC);
	}

	/**
	 * Waits until there is something to read or to accept, or the other end has closed.
	 * @param descriptor the descriptor
	 * @param timeoutMillis how long to wait at the most, or {@link #NO_LIMIT}
	 * @return whether there is, rather than that the time is up or the waiting was ended
	 * @throws IOException if waiting fails
	 */
	public boolean awaitReadable(int descriptor, int timeoutMillis) throws IOException {
		long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
		try (Memory poll = new Memory(2 * ENTRY)) {
			CLibrary.repeat(() -> {
				poll.clear();
				poll.setInt(0, descriptor);
				poll.setShort(4, (short) POLLIN);
				poll.setInt(ENTRY, this.alarm[0]);
				long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
				return this.c.poll(poll, new NativeLong(2), (timeoutMillis < 0) ? NO_LIMIT : (int) Math.max(0, left));
			});
			return poll.getShort(ENTRY + REVENTS) == 0 && poll.getShort(REVENTS) != 0;
		}
	}

	/**
	 * Returns whether the waiting was ended.
	 * @return whether nothing is waited for any more
	 */
	public boolean isEnded() {
		return this.ended.get();
	}

	/**
	 * Ends all waiting, now and later.
	 */
	public void end() {
		if (this.ended.compareAndSet(false, true)) {
			this.c.close(this.alarm[1]);
		}
	}

	/**
	 * Gives the descriptors back. Called when nobody waits any more.
	 */
	@Override
	public void close() {
		end();
		this.c.close(this.alarm[0]);
	}

}
