package io.github.gracefulboot.balancer;

import java.time.Duration;
import java.util.concurrent.ExecutorService;

import io.github.gracefulboot.LoadBalancer;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import io.github.gracefulboot.traffic.Printable;
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

	private final ExecutorService executor;

	/**
	 * Tells what is to be told now from what was to be told before.
	 */
	private volatile int turn;

	private volatile long told;

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
		this.executor = DaemonThreads.executor("graceful-balancer-" + bean.name(), Integer.MAX_VALUE);
	}

	void tellReady() {
		tell("send requests", Answer.UNKNOWN, (turn) -> this.balancer.ready());
	}

	void tellDrain() {
		tell("send no more requests", Answer.PENDING, this::drain);
	}

	private synchronized void tell(String what, Answer expected, Message message) {
		if (this.executor.isShutdown()) {
			return;
		}
		this.answer = expected;
		this.told = System.nanoTime();
		int turn = ++this.turn;
		notifyAll();
		this.executor.execute(() -> tell(what, message, turn));
	}

	private void tell(String what, Message message, int turn) {
		try {
			boolean failed = false;
			while (this.turn == turn && !isTold(what, message, turn, failed)) {
				failed = true;
				pause(turn);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean isTold(String what, Message message, int turn, boolean failed) throws InterruptedException {
		try {
			message.tell(turn);
			if (failed) {
				logger.info(LogMessage.format("%s was finally told to %s", this.name, what));
			}
			return true;
		}
		catch (InterruptedException ex) {
			throw ex;
		}
		catch (Exception | Error ex) {
			if (!failed && this.turn == turn) {
				logger.warn(LogMessage.format("%s could not be told to %s, which is tried again each second: %s",
						this.name, what, reason(ex)));
			}
			answer(turn, Answer.UNKNOWN);
			return false;
		}
	}

	private void drain(int turn) throws Exception {
		this.balancer.drain();
		answer(turn, Answer.DRAINING);
		while (!this.balancer.isDrained()) {
			if (this.turn != turn) {
				return;
			}
			Thread.sleep(BETWEEN_LOOKS.toMillis());
		}
		answer(turn, Answer.DRAINED);
	}

	private synchronized void answer(int turn, Answer answer) {
		if (this.turn == turn) {
			this.answer = answer;
			this.onAnswer.run();
		}
	}

	/**
	 * Waits before the next try, unless something else is to be told meanwhile.
	 */
	private synchronized void pause(int turn) throws InterruptedException {
		if (this.turn == turn) {
			wait(BETWEEN_TRIES.toMillis());
		}
	}

	private static String reason(Throwable failure) {
		String message = failure.getMessage();
		return Printable.line((message != null) ? message : failure.toString());
	}

	@Override
	public Answer answer() {
		Answer answer = this.answer;
		boolean late = System.nanoTime() - this.told > LONGEST_ANSWER.toNanos();
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
		this.turn++;
		this.executor.shutdownNow();
	}

	@Override
	public String toString() {
		return this.name;
	}

	/**
	 * Something to tell.
	 */
	@FunctionalInterface
	private interface Message {

		void tell(int turn) throws Exception;

	}

}
