package io.github.gracefulboot;

/**
 * Tells the supervisors of this process when the application reloads its configuration.
 * systemd then shows the unit as reloading, and {@code systemctl reload} returns when the
 * reload is done. There is a bean of this type where a supervisor was detected.
 *
 * @since 0.1.0
 */
public interface ReloadNotifier {

	/**
	 * Reloads the configuration on the calling thread, and tells supervisors before and
	 * after.
	 * @param action reloads the configuration
	 */
	void reload(Runnable action);

}
