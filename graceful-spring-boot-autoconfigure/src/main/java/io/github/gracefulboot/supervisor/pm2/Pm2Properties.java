package io.github.gracefulboot.supervisor.pm2;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of what PM2 is told.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("graceful.supervisor.pm2")
public class Pm2Properties {

	/**
	 * Whether to tell PM2 of starts and stops, where the process runs under it.
	 */
	private boolean enabled = true;

	/**
	 * Whether to stop when PM2's daemon is gone, instead of living on without it.
	 */
	private boolean exitOnDisconnect;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public boolean isExitOnDisconnect() {
		return this.exitOnDisconnect;
	}

	public void setExitOnDisconnect(boolean exitOnDisconnect) {
		this.exitOnDisconnect = exitOnDisconnect;
	}

}
