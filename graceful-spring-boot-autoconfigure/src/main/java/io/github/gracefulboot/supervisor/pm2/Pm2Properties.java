package io.github.gracefulboot.supervisor.pm2;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings for PM2.
 */
@ConfigurationProperties("graceful.supervisor.pm2")
public class Pm2Properties {

	/**
	 * Whether to notify PM2 of starts and shutdowns if the process runs under it.
	 */
	private boolean enabled = true;

	/**
	 * Whether to shut down when PM2's daemon exits, instead of continuing without a
	 * supervisor.
	 */
	private boolean exitOnDisconnect;

	/**
	 * Whether PM2's screens show the stage, the work in flight and the budget, and its
	 * trigger makes the service a lame duck and takes that back.
	 */
	private boolean monitor;

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

	public boolean isMonitor() {
		return this.monitor;
	}

	public void setMonitor(boolean monitor) {
		this.monitor = monitor;
	}

}
