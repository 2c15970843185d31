package io.github.gracefulboot.balancer;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.LoadBalancer;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import io.github.gracefulboot.traffic.ToldBalancer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Speaks to one load balancer on a thread of its own, until it has taken what it is told.
 */
final class BalancerLink implements ToldBalancer {

	private static final Log logger = LogFactory.getLog(BalancerLink.class);

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

	private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

	/**
	 * How long the shutdown waits for an answer.
	 */
	private static final Duration LONGEST_ANSWER = Duration.ofSeconds(2);

	private final String name;

	private final LoadBalancer balancer;

	private final Runnable onAnswer;

	private final ThreadPoolExecutor executor;

	private volatile Wish wish = Wish.NONE;

	private volatile long wishedAt;

	private volatile Answer answer = Answer.UNKNOWN;

	/**
	 * Creates the link.
	 * @param bean the load balancer
	 * @param onAnswer called when it has answered
	 */
	BalancerLink(Named<LoadBalancer> bean, Runnable onAnswer) {
		this.name = bean.nameOr(bean.instance().name());
		this.balancer = bean.instance();
		this.onAnswer = onAnswer;
		this.executor = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				DaemonThreads.factory("graceful-balancer-" + bean.name()));
		this.executor.allowCoreThreadTimeOut(true);
	}

	void tellReady() {
		tell(Wish.READY, Answer.UNKNOWN);
	}

	void tellDrain() {
		tell(Wish.DRAIN, Answer.PENDING);
	}

	private synchronized void tell(Wish wish, Answer expected) {
		if (this.wish != wish && !this.executor.isShutdown()) {
			this.answer = expected;
			this.wishedAt = System.nanoTime();
			this.wish = wish;
			notifyAll();
			this.executor.execute(() -> fulfil(wish));
		}
	}

	private void fulfil(Wish wish) {
		boolean failed = false;
		while (this.wish == wish) {
			try {
				fulfilOnce(wish);
				if (failed) {
					logger.info(LogMessage.format("%s was told in the end", this.name));
				}
				return;
			}
			catch (InterruptedException ex) {
				return;
			}
			catch (Exception | LinkageError ex) {
				if (!failed) {
					failed = true;
					logger.warn(LogMessage.format("%s could not be told to %s, which is tried again each second: %s",
							this.name, wish.text, reason(ex)));
				}
				answer(wish, Answer.UNKNOWN);
			}
			if (!pause(wish)) {
				return;
			}
		}
	}

	private void fulfilOnce(Wish wish) throws Exception {
		if (wish == Wish.READY) {
			this.balancer.ready();
			return;
		}
		this.balancer.drain();
		answer(wish, Answer.DRAINING);
		while (this.wish == wish && !this.balancer.isDrained()) {
			Thread.sleep(BETWEEN_LOOKS.toMillis());
		}
		answer(wish, Answer.DRAINED);
	}

	private synchronized void answer(Wish wish, Answer answer) {
		if (this.wish == wish) {
			this.answer = answer;
			this.onAnswer.run();
		}
	}

	/**
	 * Waits before the next try, unless something else is to be told meanwhile.
	 */
	private synchronized boolean pause(Wish wish) {
		try {
			if (this.wish == wish) {
				wait(BETWEEN_TRIES.toMillis());
			}
			return true;
		}
		catch (InterruptedException ex) {
			return false;
		}
	}

	private static String reason(Throwable failure) {
		String message = failure.getMessage();
		return (message != null) ? message : failure.toString();
	}

	@Override
	public Answer answer() {
		Answer answer = this.answer;
		boolean late = System.nanoTime() - this.wishedAt > LONGEST_ANSWER.toNanos();
		return (answer == Answer.PENDING && late) ? Answer.UNKNOWN : answer;
	}

	@Override
	public boolean isAt(String address) {
		try {
			return this.balancer.isAt(address);
		}
		catch (RuntimeException | LinkageError ex) {
			return false;
		}
	}

	synchronized void close() {
		this.wish = Wish.NONE;
		this.executor.shutdownNow();
	}

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * What the load balancer is to do.
	 */
	private enum Wish {

		NONE(""), READY("send requests"), DRAIN("send no more requests");

		private final String text;

		Wish(String text) {
			this.text = text;
		}

	}

}
