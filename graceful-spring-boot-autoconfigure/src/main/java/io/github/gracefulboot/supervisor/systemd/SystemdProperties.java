package io.github.gracefulboot.supervisor.systemd;

import java.time.Duration;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings for systemd.
 */
@ConfigurationProperties("graceful.supervisor.systemd")
public class SystemdProperties {

	/**
	 * Whether to notify systemd of starts and shutdowns if the process runs under it.
	 */
	private boolean enabled = true;

	/**
	 * Time without progress after which a start or shutdown no longer asks systemd for
	 * more time. Progress is a bean that is created or one that works for long, a stage
	 * that ends, or work in flight that ends.
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
