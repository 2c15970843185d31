package io.github.gracefulboot;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who supervises the process: is told of its start and stop, and may ask for the
 * stop. All beans of this type are told, each on a thread of its own and in order, so
 * that one that hangs or throws holds up nobody. The first failure is logged, later ones
 * are not; a supervisor that cannot be {@linkplain #open() opened} is not told anything.
 * <p>
 * These beans are created before all others, so that they hear of the whole start: they
 * should depend on nothing but the environment. Spring warns of beans that are created so
 * early. It does not if they are declared by a static method and have the
 * {@linkplain org.springframework.context.annotation.Role role}
 * {@code ROLE_INFRASTRUCTURE}.
 *
 * @since 0.1.0
 */
public interface Supervisor {

	/**
	 * Returns the name that logs use, such as {@code systemd}.
	 * @return the name, or {@code null} to use the name of the bean
	 */
	default @Nullable String name() {
		return null;
	}

	/**
	 * Opens the way to the supervisor. Called first, at the start.
	 * @throws IOException if there is no way, with a message that says why and what to do
	 */
	default void open() throws IOException {
	}

	/**
	 * Listens for what the supervisor says, on a thread of its own, until it cannot say
	 * more.
	 * @param stopRequests called with the reason when the supervisor asks for the stop
	 * @throws IOException if listening fails
	 */
	default void listen(Consumer<String> stopRequests) throws IOException {
	}

	/**
	 * Says that the application accepts or refuses traffic, whenever that changes.
	 * @param accepting whether it accepts traffic
	 * @throws IOException if it cannot be said
	 */
	default void readiness(boolean accepting) throws IOException {
	}

	/**
	 * Says that the start is over, after {@code graceful.ready.delay} and
	 * {@code graceful.ready.probes}. Said once, and again after {@link #reloading()}.
	 * @throws IOException if it cannot be said
	 */
	default void ready() throws IOException {
	}

	/**
	 * Says that the application reloads its configuration.
	 * @throws IOException if it cannot be said
	 */
	default void reloading() throws IOException {
	}

	/**
	 * Says that the stop begins.
	 * @throws IOException if it cannot be said
	 */
	default void stopping() throws IOException {
	}

	/**
	 * Says that another process has taken the place of this one, which ends without a
	 * word more: neither {@link #stopping()} nor {@link #readiness(boolean)} is said.
	 * @param pid the id of the process
	 * @throws IOException if it cannot be said
	 */
	default void handedOver(long pid) throws IOException {
	}

	/**
	 * Says in words what the application is doing, when that changes.
	 * @param text one line
	 * @throws IOException if it cannot be said
	 */
	default void status(String text) throws IOException {
	}

	/**
	 * Returns how long a start or stop may show no sign of progress before it is no
	 * longer {@linkplain #extend() extended}.
	 * @return the time, or empty if the supervisor cannot be asked for more time
	 */
	default Optional<Duration> patience() {
		return Optional.empty();
	}

	/**
	 * Asks for a few seconds more. Called twice a second during the start and the stop,
	 * as long as there is progress.
	 * @throws IOException if it cannot be said
	 */
	default void extend() throws IOException {
	}

	/**
	 * Returns how often the supervisor wants to hear that the application is alive.
	 * @return the longest time between two signs of life, or empty if it does not want to
	 * hear
	 */
	default Optional<Duration> watchdogTimeout() {
		return Optional.empty();
	}

	/**
	 * Gives a sign of life. Called twice in each {@link #watchdogTimeout()} while the
	 * application is live.
	 * @throws IOException if it cannot be said
	 */
	default void alive() throws IOException {
	}

	/**
	 * Ends the listening and gives back what opening took. Called last, when the context
	 * has closed, whose process may live on. A name such as {@code close} would make
	 * Spring call it too.
	 * @throws IOException if that fails
	 */
	default void disconnect() throws IOException {
	}

}
