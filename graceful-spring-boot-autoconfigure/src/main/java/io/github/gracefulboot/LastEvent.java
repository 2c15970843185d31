package io.github.gracefulboot;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The last event of a stream. It has no {@code id}, so that a client that comes back asks
 * for what follows the last event of the application.
 *
 * @param event the name of the event, or {@code null} for {@code message}
 * @param data what the event says, or {@code null}: then clients do not pass it on, but
 * mind the time
 * @param retry after which time clients are to come back, or {@code null} for their own
 * default
 * @since 0.1.0
 * @see <a href=
 * "https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent events</a>
 */
public record LastEvent(@Nullable String event, @Nullable String data, @Nullable Duration retry) {

	/**
	 * Creates an event.
	 * @param event the name of the event, or {@code null} for {@code message}
	 * @param data what the event says, or {@code null}
	 * @param retry after which time clients are to come back, or {@code null}
	 */
	public LastEvent {
		Assert.isTrue(event == null || event.lines().count() < 2 && !event.endsWith("\n") && !event.endsWith("\r"),
				"'event' must be a single line");
		Assert.isTrue(retry == null || !retry.isNegative(), "'retry' must not be negative");
	}

	/**
	 * Creates an event that clients do not pass on, and that tells them when to come
	 * back.
	 * @param retry the time after which to come back
	 * @return the event
	 */
	public static LastEvent retryAfter(Duration retry) {
		return new LastEvent(null, null, retry);
	}

}
