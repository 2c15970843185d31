package io.github.gracefulboot;

import java.util.Locale;

/**
 * Why an application shuts down.
 *
 * @since 0.1.0
 */
public enum StopReason {

	/**
	 * The process received SIGTERM.
	 */
	SIGTERM("SIGTERM"),

	/**
	 * The process received SIGINT, such as by Ctrl-C.
	 */
	SIGINT("SIGINT"),

	/**
	 * A {@link Supervisor} asked for it, such as PM2 by its shutdown message.
	 */
	SUPERVISOR("requested by supervisor"),

	/**
	 * An operator asked for it through a management endpoint.
	 */
	ENDPOINT("requested by endpoint"),

	/**
	 * Another process has taken the port over.
	 */
	HAND_OVER("hand-over"),

	/**
	 * The JVM exits for a reason of its own, such as a call of {@link System#exit(int)}.
	 */
	JVM_EXIT("JVM exit"),

	/**
	 * The application closed its context, and the process may live on.
	 */
	CONTEXT_CLOSED("context closed");

	private final String text;

	StopReason(String text) {
		this.text = text;
	}

	/**
	 * Returns whether the process ends with the shutdown.
	 * @return {@code false} for {@link #CONTEXT_CLOSED} only
	 */
	public boolean endsProcess() {
		return this != CONTEXT_CLOSED;
	}

	/**
	 * Returns the name that meters and endpoints use, such as {@code context-closed}.
	 * @return the name
	 */
	public String id() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Returns the reason as logs name it.
	 */
	@Override
	public String toString() {
		return this.text;
	}

}
