package io.github.gracefulboot.startup;

import java.util.List;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.shutdown.OwnBeans.Named;

/**
 * Checks of what is known only when all beans are there, such as each connection factory.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface StartupCheckSource {

	/**
	 * Returns the checks. Called once, before the application listens.
	 * @return the checks, each of another name
	 */
	List<Named<StartupCheck>> checks();

}
