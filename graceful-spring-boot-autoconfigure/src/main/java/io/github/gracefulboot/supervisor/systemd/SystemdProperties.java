package io.github.gracefulboot.supervisor.systemd;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of what systemd is told.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("graceful.supervisor.systemd")
public class SystemdProperties {

	/**
	 * Whether to tell systemd of starts and stops, where the process runs under it.
	 */
	private boolean enabled = true;

	/**
	 * How long a start or stop may show no sign of progress before systemd is no longer
	 * asked for more time. Signs are a bean that was created, a stage that ended, and
	 * work in flight that ended.
	 */
	private Duration patience = Duration.ofSeconds(10);

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public Duration getPatience() {
		return this.patience;
	}

	public void setPatience(Duration patience) {
		this.patience = patience;
	}

}
