package io.github.gracefulboot.supervisor.pm2;

import java.time.Duration;
import java.util.Optional;

import io.github.gracefulboot.shutdown.KillTimeout;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * PM2 passes {@code kill_timeout} on in the environment where it is set, in milliseconds.
 */
final class Pm2KillTimeout implements KillTimeout {

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
			// Neither is any other number
		}
		logger.warn(LogMessage.format("kill_timeout=%s is no number of milliseconds: PM2 is taken to kill after %d",
				this.configured, DEFAULT.toMillis()));
		return Optional.of(DEFAULT);
	}

	@Override
	public String source() {
		return "kill_timeout of PM2";
	}

}
