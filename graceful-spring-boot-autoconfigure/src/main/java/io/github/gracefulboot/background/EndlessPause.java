package io.github.gracefulboot.background;

import java.util.List;

import io.github.gracefulboot.background.Stack.Call;
import io.github.gracefulboot.shutdown.MethodCode;

/**
 * Tells by its code whether a method never returns from where it pauses, as
 * {@code while (true) Thread.sleep(60_000)} and {@code Thread.sleep(Long.MAX_VALUE)} do
 * not. Such a pause has no end and nothing to lose.
 */
final class EndlessPause {

	private EndlessPause() {
	}

	/**
	 * Returns whether a method never returns from a call, unless that throws something.
	 * @param call the call
	 * @return {@code false} if it may return, or its code cannot be had
	 */
	static boolean isAt(Call call) {
		StackTraceElement frame = call.from();
		boolean found = false;
		for (MethodCode method : MethodCode.read(frame.getClassName(),
				(name, descriptor) -> name.equals(frame.getMethodName()))) {
			List<MethodCode.Call> calls = method.calls()
				.stream()
				.filter((called) -> called.line() == frame.getLineNumber() && called.name().equals(call.method()))
				.toList();
			if (method.mayReturnAfter(calls)) {
				return false;
			}
			found |= !calls.isEmpty();
		}
		return found;
	}

}
