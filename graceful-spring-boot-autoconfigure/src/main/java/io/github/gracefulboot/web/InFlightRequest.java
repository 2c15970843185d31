package io.github.gracefulboot.web;

import java.time.Duration;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.traffic.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A request that has come and is not answered yet.
 */
public final class InFlightRequest {

	private final String method;

	private final String path;

	private final long startedAt = System.nanoTime();

	private volatile @Nullable Thread thread = Thread.currentThread();

	/**
	 * Worked out when it is first asked for, which for most requests is never.
	 */
	private volatile @Nullable String description;

	InFlightRequest(String method, String path) {
		this.method = method;
		this.path = path;
	}

	/**
	 * Records who works on the request now.
	 * @param thread the thread, or {@code null} while an asynchronous request has none
	 */
	public void runsOn(@Nullable Thread thread) {
		this.thread = thread;
	}

	ActiveTask toTask() {
		String description = this.description;
		if (description == null) {
			description = Printable.request(this.method, this.path);
			this.description = description;
		}
		return new ActiveTask(description, Duration.ofNanos(System.nanoTime() - this.startedAt), this.thread);
	}

}
