package io.github.gracefulboot;

import org.jspecify.annotations.Nullable;

/**
 * Something that has to be there before the application listens, such as a database or a
 * broker. Declare one as a bean: it is tried until it passes, with growing pauses, and
 * fails the start if it does not pass within {@code graceful.startup.timeout}.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface StartupCheck {

	/**
	 * Returns the name that logs and {@code graceful.startup.check.exclude} use, such as
	 * {@code dataSource}.
	 * @return the name, or {@code null} to use the name of the bean
	 */
	default @Nullable String name() {
		return null;
	}

	/**
	 * Tries once. Called on a thread of its own, which is interrupted when the time is up
	 * or the start was given up. Has to close what it opens.
	 * @throws Exception if it is not there yet, with a message that says why
	 */
	void check() throws Exception;

}
