package io.github.gracefulboot.supervisor;

import java.util.Optional;

/**
 * Tells whether the application is live. One that is not can only be killed and started
 * anew.
 */
@FunctionalInterface
interface LivenessCheck {

	/**
	 * Looks now.
	 * @return why the application is not live, or empty if it is
	 */
	Optional<String> whyBroken();

}
