package io.github.gracefulboot.shutdown;

import java.time.Duration;

import io.github.gracefulboot.Deadline;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * The time that a stop may take and how the stages share it.
 *
 * <pre>
 * |---------------------------------- timeout ---------------------------------|
 * | lame duck, at most max | drain takes what is left |         reserve        |
 *                                                     | work | release |  exit |
 * </pre>
 *
 * @param timeout from the stop signal to the end of the process
 * @param lameDuckMax the most that the lame duck stage takes of it
 * @param reserve what is kept at the end for release and exit
 * @param limit what the timeout may be raised to
 */
public record Budget(Duration timeout, Duration lameDuckMax, Duration reserve,
		Duration limit) implements AopInfrastructureBean {

	private static final Duration DEFAULT_LAME_DUCK_MAX = Duration.ofSeconds(15);

	/**
	 * HAProxy takes up to 6 s with its own defaults.
	 */
	private static final Duration USUAL_BALANCER = Duration.ofMillis(6500);

	private static final Duration SHORTEST_DRAIN = Duration.ofSeconds(1);

	/**
	 * HotSpot waits as long at the exit for threads that are in native code.
	 */
	private static final Duration SHORTEST_MARGIN = Duration.ofMillis(300);

	private static final Duration LONGEST_MARGIN = Duration.ofSeconds(1);

	private static final int MARGIN_PART = 10;

	private static final Duration SHORTEST_EXIT = Duration.ofSeconds(1);

	private static final int EXIT_PART = 7;

	/**
	 * Shares out the time.
	 * @param timeout the whole time
	 * @param lameDuckMin the least that the lame duck stage takes
	 * @param lameDuckMax the most that it takes, or {@code null} to take the default: 15
	 * seconds, but never more than half of the whole, unless that is too little for the
	 * usual balancer and a second is left to the drain
	 * @param reserve the share that is kept for release and exit
	 * @return the budget
	 */
	static Budget of(Duration timeout, Duration lameDuckMin, @Nullable Duration lameDuckMax, Percentage reserve) {
		Duration reserved = reserve.of(timeout);
		Duration usual = Durations.shorter(USUAL_BALANCER, timeout.minus(reserved).minus(SHORTEST_DRAIN));
		Duration max = (lameDuckMax != null) ? lameDuckMax : Durations.longer(lameDuckMin,
				Durations.longer(usual, Durations.shorter(DEFAULT_LAME_DUCK_MAX, timeout.dividedBy(2))));
		return new Budget(timeout, Durations.shorter(max, timeout.minus(reserved)), reserved, timeout);
	}

	/**
	 * Returns the same budget, which may be raised.
	 * @param limit when the process is killed, for example
	 * @return the budget
	 */
	Budget upTo(Duration limit) {
		return new Budget(this.timeout, this.lameDuckMax, this.reserve, Durations.longer(this.timeout, limit));
	}

	/**
	 * Returns a budget that leaves enough time to work in hand, as far as that is
	 * possible.
	 * @param work how long the application lets it go on
	 * @return the budget
	 */
	Budget with(Duration work) {
		Duration needed = work.multipliedBy(this.timeout.toMillis())
			.dividedBy(this.timeout.minus(this.reserve).toMillis());
		if (needed.compareTo(this.timeout) <= 0 || this.limit.compareTo(this.timeout) <= 0) {
			return this;
		}
		Duration raised = Durations.shorter(needed, this.limit);
		return new Budget(raised, this.lameDuckMax, share(this.reserve, raised), this.limit);
	}

	/**
	 * Returns the time that a stop may take if a supervisor kills the process: a tenth
	 * less, but at least 300 ms, unless that is more than half, and at most one second.
	 * @param untilKill the time from the stop request to the kill
	 * @return the time without the margin
	 */
	static Duration before(Duration untilKill) {
		Duration margin = Durations.shorter(LONGEST_MARGIN,
				Durations.longer(SHORTEST_MARGIN, untilKill.dividedBy(MARGIN_PART)));
		return untilKill.minus(Durations.shorter(margin, untilKill.dividedBy(2)));
	}

	/**
	 * Returns the same shares of less time.
	 * @param limit the time there is
	 * @return the budget
	 */
	Budget within(Duration limit) {
		if (limit.compareTo(this.timeout) >= 0) {
			return this;
		}
		return new Budget(limit, share(this.lameDuckMax, limit), share(this.reserve, limit), limit);
	}

	private Duration share(Duration part, Duration limit) {
		return Duration.ofMillis(part.toMillis() * limit.toMillis() / this.timeout.toMillis());
	}

	/**
	 * Returns when the lame duck stage ends if it begins now.
	 * @param stop when the whole stop is over
	 * @return the deadline of the stage
	 */
	Deadline lameDuck(Deadline stop) {
		return drain(stop).atMost(this.lameDuckMax);
	}

	/**
	 * Returns when the drain ends.
	 * @param stop when the whole stop is over
	 * @return the deadline of the stage
	 */
	Deadline drain(Deadline stop) {
		return stop.minus(this.reserve);
	}

	/**
	 * Returns when the work that was brought in has to be done: half of what is kept for
	 * the release is for what that work used.
	 * @param stop when the whole stop is over
	 * @return the deadline of the executors
	 */
	Deadline work(Deadline stop) {
		return stop.minus(Durations.longer(this.reserve.plus(exit()).dividedBy(2), exit()));
	}

	/**
	 * Returns when the release ends. The rest is for destroying beans.
	 * @param stop when the whole stop is over
	 * @return the deadline of the stage
	 */
	Deadline release(Deadline stop) {
		return stop.minus(exit());
	}

	/**
	 * Longer than the last words of a process that hangs may take, and its halt, so that
	 * beans are destroyed before.
	 */
	private Duration exit() {
		return Durations.longer(this.reserve.dividedBy(4),
				Durations.shorter(SHORTEST_EXIT, this.timeout.dividedBy(EXIT_PART)));
	}

}
