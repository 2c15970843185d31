package io.github.gracefulboot.systemtests.process;

import java.util.List;
import java.util.stream.Stream;

import io.github.gracefulboot.test.process.Command;

/**
 * Another user than that of the tests, as whom only root can start a program.
 */
public final class OtherUser {

	private OtherUser() {
	}

	/**
	 * How to start a program as another user.
	 * @param id the user's and the group's
	 * @param attempt what that user has to be able to run
	 */
	public static List<String> of(int id, String... attempt) {
		List<String> user = List.of(Program.SETPRIV.path(), "--reuid=" + id, "--regid=" + id, "--clear-groups");
		Command attempted = Command.run(Stream.concat(user.stream(), Stream.of(attempt)).toList());
		return (attempted.exitCode() == 0) ? user
				: Program.SETPRIV.unusable("Another user cannot be had here, run as root: " + attempted.output());
	}

}
