package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.env.Environment;
import org.springframework.core.log.LogMessage;

/**
 * Says how much time a shutdown has.
 * <ul>
 * <li>What the user has set counts, and otherwise 30 s, or less on a platform that kills
 * sooner by default.</li>
 * <li>It is raised, unless it was set, where the application's own timeouts need
 * more.</li>
 * <li>A supervisor that says when it kills is believed in any case.</li>
 * </ul>
 */
final class BudgetRule {

	private static final Log logger = LogFactory.getLog(BudgetRule.class);

	private static final Duration UNLIMITED = Duration.ofDays(1);

	private final ShutdownProperties shutdown;

	private final Environment environment;

	private final Optional<Kill> kill;

	/**
	 * Creates the rule.
	 * @param shutdown the settings
	 * @param environment knows what is set, and where the process runs
	 * @param killTimeouts of those who supervise it
	 */
	BudgetRule(ShutdownProperties shutdown, Environment environment, List<KillTimeout> killTimeouts) {
		this.shutdown = shutdown;
		this.environment = environment;
		this.kill = killTimeouts.stream()
			.flatMap((killTimeout) -> killTimeout.untilKill()
				.map((untilKill) -> new Kill(Budget.before(untilKill), killTimeout.source()))
				.stream())
			.min(Comparator.comparing(Kill::limit));
	}

	/**
	 * Works it out, with a line that says why it is not what one would expect.
	 * @param lameDuck the settings of the lame duck stage
	 * @return the budget
	 */
	Budget budget(LameDuckProperties lameDuck) {
		boolean set = this.environment.containsProperty(ShutdownRules.TIMEOUT);
		Duration limit = this.kill.map(Kill::limit).orElse(UNLIMITED);
		Duration timeout = beforeKill(set ? this.shutdown.getTimeout() : usualTimeout(), limit);
		Budget budget = Budget.of(timeout, lameDuck.leastWait(), lameDuck.getMax(), this.shutdown.getReleaseReserve());
		return set ? budget : budget.upTo(limit);
	}

	private Duration usualTimeout() {
		Duration usual = this.shutdown.getTimeout();
		Optional<Platform> platform = this.kill.isPresent() ? Optional.empty() : Platform.of(this.environment);
		Duration fitting = platform.map((killer) -> Durations.shorter(usual, Budget.before(killer.untilKill())))
			.orElse(usual);
		ApplicationTimeouts timeouts = ApplicationTimeouts.of(this.environment);
		Duration needed = timeouts.within(this.shutdown.getReleaseReserve());
		if (needed.compareTo(fitting) > 0) {
			logger.info(LogMessage.format("Shutdown timeout raised from %s to %s to make room for %s",
					Durations.text(fitting), Durations.text(needed), String.join(", ", timeouts.properties())));
			return needed;
		}
		if (fitting.compareTo(usual) < 0) {
			logger.info(LogMessage.format(
					"Shutdown timeout reduced from %s to %s, since %s kills after %s by default: "
							+ "set graceful.shutdown.timeout where it waits longer",
					Durations.text(usual), Durations.text(fitting), platform.orElseThrow(),
					Durations.text(platform.orElseThrow().untilKill())));
		}
		return fitting;
	}

	private Duration beforeKill(Duration timeout, Duration limit) {
		if (limit.compareTo(timeout) >= 0) {
			return timeout;
		}
		logger.info(LogMessage.format("Shutdown timeout reduced from %s to %s to stay below %s",
				Durations.text(timeout), Durations.text(limit), this.kill.orElseThrow().source()));
		return limit;
	}

	/**
	 * The end that a supervisor sets.
	 *
	 * @param limit how long the shutdown may take to be over before it
	 * @param source where that comes from
	 */
	private record Kill(Duration limit, String source) {

	}

}
