package io.github.gracefulboot.traffic;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Wakes the thread that stops the application when something happened that may end its
 * wait. A raise that comes while nobody waits is not lost: the next wait returns at once.
 * All waiting of that thread is done here, by the clock that this is as well, so that
 * tests can let time pass by themselves.
 */
public class WakeUp implements LongSupplier {

	private static final Log logger = LogFactory.getLog(WakeUp.class);

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition condition = this.lock.newCondition();

	private boolean raised;

	/**
	 * Tells the time.
	 * @return the same as {@link System#nanoTime()}
	 */
	@Override
	public long getAsLong() {
		return System.nanoTime();
	}

	/**
	 * Wakes the waiting thread.
	 */
	public void raise() {
		this.lock.lock();
		try {
			this.raised = true;
			this.condition.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Lets some time pass, whatever is raised meanwhile.
	 * @param time how long
	 * @throws InterruptedException if the thread is interrupted
	 */
	public void pause(Duration time) throws InterruptedException {
		Thread.sleep(time.toMillis());
	}

	/**
	 * Begins to do something again and again, on a thread of its own.
	 * @param period the time between two times
	 * @param name the name of the thread
	 * @param action what to do
	 * @return ends it
	 */
	public Runnable every(Duration period, String name, Runnable action) {
		Thread thread = new Thread(() -> {
			try {
				while (true) {
					pause(period);
					run(action, name);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, name);
		thread.setDaemon(true);
		thread.start();
		return thread::interrupt;
	}

	/**
	 * An error such as when memory is short for a moment is no reason not to go on.
	 */
	private static void run(Runnable action, String name) {
		try {
			action.run();
		}
		catch (RuntimeException | Error ex) {
			logger.debug(LogMessage.format("%s failed this time", name), ex);
		}
	}

	/**
	 * Waits until {@link #raise()} is called or was called since the last wait. Always a
	 * timed wait: Spring may take a thread that waits without a limit while it closes the
	 * context for stuck, and interrupt it.
	 * @param atMost how long to wait at the most
	 * @throws InterruptedException if the waiting thread is interrupted
	 */
	public void await(Duration atMost) throws InterruptedException {
		long nanos = atMost.toNanos();
		this.lock.lockInterruptibly();
		try {
			while (!this.raised && nanos > 0) {
				nanos = this.condition.awaitNanos(Math.min(nanos, TimeUnit.HOURS.toNanos(1)));
			}
			this.raised = false;
		}
		finally {
			this.lock.unlock();
		}
	}

}
