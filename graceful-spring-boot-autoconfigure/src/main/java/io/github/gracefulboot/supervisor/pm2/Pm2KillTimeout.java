package io.github.gracefulboot.supervisor.pm2;

import java.time.Duration;
import java.util.Optional;

import io.github.gracefulboot.shutdown.KillTimeout;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.core.log.LogMessage;

/**
 * Reads PM2's {@code kill_timeout}, which PM2 passes on in the environment, in
 * milliseconds, if it is set.
 */
final class Pm2KillTimeout implements KillTimeout, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(Pm2KillTimeout.class);

	private static final Duration DEFAULT = Duration.ofMillis(1600);

	private final @Nullable String configured;

	Pm2KillTimeout(@Nullable String configured) {
		this.configured = configured;
	}

	@Override
	public Optional<Duration> untilKill() {
		if (this.configured == null) {
			return Optional.of(DEFAULT);
		}
		try {
			long millis = Long.parseLong(this.configured.strip());
			if (millis > 0) {
				return Optional.of(Duration.ofMillis(millis));
			}
		}
		catch (NumberFormatException ex) {
			// Treated like a number that is not positive
		}
		logger.warn(LogMessage.format("kill_timeout=%s is not a number of milliseconds: assuming PM2's default of %d",
				this.configured, DEFAULT.toMillis()));
		return Optional.of(DEFAULT);
	}

	@Override
	public String source() {
		return "PM2's kill_timeout";
	}

}
