package io.github.gracefulboot.supervisor.s6;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of what s6 or dinit is told.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("graceful.supervisor.s6")
public class S6Properties {

	/**
	 * Whether to tell s6 that the start is over, where a descriptor is named.
	 */
	private boolean enabled = true;

	/**
	 * Number of the file descriptor on which s6 waits for a newline, as in the service's
	 * file notification-fd.
	 */
	private @Nullable String notificationFd;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable String getNotificationFd() {
		return this.notificationFd;
	}

	public void setNotificationFd(@Nullable String notificationFd) {
		this.notificationFd = notificationFd;
	}

}
