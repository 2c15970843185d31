package io.github.gracefulboot.handover;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings for the hand-over of the port to the next process.
 */
@ConfigurationProperties("graceful.handover")
public class HandOverProperties {

	/**
	 * Path of the socket by which a process takes the port over from the running one, and
	 * hands it on later, such as /run/shop/handover.sock. Only this user may have access
	 * to its directory. Not set: each process opens the port itself.
	 */
	private @Nullable Path path;

	/**
	 * Whether the running process shuts down when this one is ready. If not, both serve
	 * the port, until somebody stops one of them.
	 */
	private boolean replace = true;

	public @Nullable Path getPath() {
		return this.path;
	}

	public void setPath(@Nullable Path path) {
		this.path = path;
	}

	public boolean isReplace() {
		return this.replace;
	}

	public void setReplace(boolean replace) {
		this.replace = replace;
	}

}
