package io.github.gracefulboot.shutdown;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.gracefulboot.shutdown.MethodCode.Loop;

/**
 * Tells by its code whether a thread is in a loop. However long it has been there, it is
 * at work in one that comes to an end by itself, such as one over the rows of an import,
 * and where there is none, it goes on to something else.
 */
public final class LoopCode {

	private static final String GENERATED = "$$";

	private LoopCode() {
	}

	/**
	 * Returns the loop that a thread is in.
	 * @param frames the frames of its stack that are not the JDK's
	 * @return {@link Loop#OPEN} if one of its loops is, or the code cannot be had
	 */
	public static Loop around(StackTraceElement[] frames) {
		Set<Loop> loops = Arrays.stream(frames)
			.filter((frame) -> !frame.getClassName().contains(GENERATED))
			.flatMap(LoopCode::around)
			.collect(Collectors.toSet());
		if (loops.isEmpty() || loops.contains(Loop.OPEN)) {
			return Loop.OPEN;
		}
		return Stream.of(Loop.READING, Loop.COUNTED).filter(loops::contains).findFirst().orElse(Loop.NONE);
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
