package io.github.gracefulboot.shutdown;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.github.gracefulboot.shutdown.MethodCode.Call;
import io.github.gracefulboot.shutdown.MethodCode.Loop;

/**
 * Tells by its code whether a thread is in a loop. However long it has been there, it is
 * at work in one that comes to an end by itself, such as one over the rows of an import,
 * and where there is none, it goes on to something else.
 */
public final class LoopCode {

	private static final String GENERATED = "$$";

	private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");

	/**
	 * The loops of the stacks that were asked for.
	 */
	private final Map<List<StackTraceElement>, Loop> known = new ConcurrentHashMap<>();

	/**
	 * Returns the loop that a thread is in. Where the application is in none, it may be
	 * one of the library that it has called.
	 * @param ofApplication the frames of the application on its stack
	 * @param all all of its frames
	 * @return the loop, as of {@link #around(List)}
	 */
	public Loop around(List<StackTraceElement> ofApplication, List<StackTraceElement> all) {
		Loop loop = around(ofApplication);
		return (loop != Loop.NONE) ? loop : around(all);
	}

	/**
	 * Returns the loop that frames of a stack are in.
	 * @param frames the frames, of which those of the JDK do not count
	 * @return {@link Loop#OPEN} if one of its loops is, or the code cannot be had, and
	 * {@link Loop#READING} if it may be waiting for what it goes through
	 */
	public Loop around(List<StackTraceElement> frames) {
		return this.known.computeIfAbsent(frames, LoopCode::read);
	}

	private static Loop read(List<StackTraceElement> frames) {
		List<StackTraceElement> relevant = frames.stream()
			.filter((frame) -> !frame.getClassName().contains(GENERATED) && !isOfTheJdk(frame))
			.toList();
		Set<Loop> loops = new HashSet<>();
		for (int i = 0; i < relevant.size(); i++) {
			addLoops(relevant.get(i), i == 0, loops);
		}
		if (loops.isEmpty() || loops.contains(Loop.OPEN)) {
			return Loop.OPEN;
		}
		return Stream.of(Loop.READING, Loop.COUNTED).filter(loops::contains).findFirst().orElse(Loop.NONE);
	}

	/**
	 * Returns whether a frame is the JDK's own.
	 * @param frame the frame
	 * @return whether it is
	 */
	public static boolean isOfTheJdk(StackTraceElement frame) {
		return JDK.stream().anyMatch(frame.getClassName()::startsWith);
	}

	/**
	 * A loop that comes to an end is at its source where the innermost frame asks for
	 * more, and else at work.
	 */
	private static void addLoops(StackTraceElement frame, boolean innermost, Set<Loop> loops) {
		for (MethodCode method : MethodCode.read(frame.getClassName(),
				(name, descriptor) -> name.equals(frame.getMethodName()))) {
			List<Call> calls = method.calls().stream().filter((call) -> call.line() == frame.getLineNumber()).toList();
			boolean atSource = innermost && calls.stream().anyMatch(method::asksForMore);
			for (Call call : calls) {
				Loop loop = method.loopAround(call);
				boolean ends = loop == Loop.COUNTED || loop == Loop.READING;
				loops.add(!ends ? loop : atSource ? Loop.READING : Loop.COUNTED);
			}
		}
	}

}
