package io.github.gracefulboot.systemtests.pm2;

/**
 * How a process ended, as PM2's own log tells it.
 *
 * @param code its exit code, 0 if it was killed
 * @param signal the signal that ended it, or SIGINT if it exited by itself
 */
public record Pm2Exit(int code, String signal) {

	/**
	 * By itself and with nothing cut off.
	 */
	public static final Pm2Exit CLEAN = new Pm2Exit(0, "SIGINT");

	/**
	 * By itself, after something was cut off.
	 */
	public static final Pm2Exit FORCED = new Pm2Exit(1, "SIGINT");

	/**
	 * By PM2, after {@code kill_timeout}.
	 */
	public static final Pm2Exit KILLED = new Pm2Exit(0, "SIGKILL");

}
