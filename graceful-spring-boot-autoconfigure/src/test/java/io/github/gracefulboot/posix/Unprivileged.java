package io.github.gracefulboot.posix;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/**
 * Lets the calling thread meet files as nobody does, so that a test that runs as root is
 * denied what others are.
 */
public final class Unprivileged {

	private static final int NOBODY = 65534;

	private Unprivileged() {
	}

	/**
	 * Runs the action as nobody, or as who it is where the test is not root.
	 * @param action the action
	 * @throws Throwable what the action throws
	 */
	public static void run(ThrowingCallable action) throws Throwable {
		int user = TestLibrary.INSTANCE.setfsuid(NOBODY);
		try {
			action.call();
		}
		finally {
			TestLibrary.INSTANCE.setfsuid(user);
		}
	}

}
