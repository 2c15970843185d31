package io.github.gracefulboot.startup;

import java.util.List;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.shutdown.OwnBeans.Named;

/**
 * Provides checks that are known only after all beans have been created, such as those of
 * connection factories.
 */
@FunctionalInterface
public interface StartupCheckSource {

	/**
	 * Returns the checks. Called once, before the application listens.
	 * @return the checks, with distinct names
	 */
	List<Named<StartupCheck>> checks();

}
