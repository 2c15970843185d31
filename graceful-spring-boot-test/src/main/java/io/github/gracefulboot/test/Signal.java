package io.github.gracefulboot.test;

/**
 * A signal that a process is sent, as on a Unix system.
 */
public enum Signal {

	/**
	 * Asks it to stop, as process managers do.
	 */
	SIGTERM,

	/**
	 * Asks it to stop, as Ctrl-C and PM2 do.
	 */
	SIGINT,

	/**
	 * Says that its terminal is gone, or asks it to load itself anew.
	 */
	SIGHUP,

	/**
	 * Asks a JVM for the stacks of its threads.
	 */
	SIGQUIT,

	/**
	 * Kills it.
	 */
	SIGKILL,

	/**
	 * Lets it stand still.
	 */
	SIGSTOP,

	/**
	 * Lets it go on.
	 */
	SIGCONT;

	private static final int SIGNAL_NAME = "SIG".length();

	/**
	 * Says whether a process ends of it, unless it does something about it.
	 * @return whether it asks for the end
	 */
	boolean isEnd() {
		return this != SIGQUIT && this != SIGSTOP && this != SIGCONT;
	}

	String shortName() {
		return name().substring(SIGNAL_NAME);
	}

}
