package io.github.gracefulboot.supervisor.file;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of the readiness file.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("graceful.supervisor.file")
public class FileProperties {

	/**
	 * Whether to keep the file, where one is named.
	 */
	private boolean enabled = true;

	/**
	 * File that exists exactly while the application is ready, for exec probes and
	 * scripts.
	 */
	private @Nullable Path path;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable Path getPath() {
		return this.path;
	}

	public void setPath(@Nullable Path path) {
		this.path = path;
	}

}
