package io.github.gracefulboot.background;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.gracefulboot.shutdown.MethodCode;
import io.github.gracefulboot.shutdown.MethodCode.Loop;

/**
 * Tells by its code whether a thread is in a loop that comes to an end by itself, such as
 * one over the rows of an import, and in no other one. However long it has been there, it
 * is at work.
 */
final class CountedLoop {

	private static final String GENERATED = "$$";

	private CountedLoop() {
	}

	/**
	 * Returns whether there is such a loop on a stack.
	 * @param frames the frames that are not the JDK's
	 * @return {@code false} if there is none, or the code cannot be had
	 */
	static boolean isOn(StackTraceElement[] frames) {
		Set<Loop> loops = Arrays.stream(frames)
			.filter((frame) -> !frame.getClassName().contains(GENERATED))
			.flatMap(CountedLoop::around)
			.collect(Collectors.toSet());
		return loops.contains(Loop.COUNTED) && !loops.contains(Loop.OPEN);
	}

	private static Stream<Loop> around(StackTraceElement frame) {
		return MethodCode.read(frame.getClassName(), (name, descriptor) -> name.equals(frame.getMethodName()))
			.stream()
			.flatMap((method) -> method.calls()
				.stream()
				.filter((call) -> call.line() == frame.getLineNumber())
				.map(method::loopAround));
	}

}
