package io.github.gracefulboot.shutdown;

import java.util.EnumSet;
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
	 * The loops around the places that were asked for.
	 */
	private final Map<Place, Set<Loop>> known = new ConcurrentHashMap<>();

	/**
	 * Returns the loop that a thread is in, by the first part of its stack that is in
	 * one: what the application does tells more than what it has called, or was called
	 * by.
	 * @param parts the frames of each part, of which those of the JDK do not count
	 * @return {@link Loop#OPEN} if a loop of that part is, or the code cannot be had,
	 * {@link Loop#READING} if it may be waiting for what it goes through, and
	 * {@link Loop#NONE} if no part is in one
	 */
	public Loop around(List<List<StackTraceElement>> parts) {
		return parts.stream()
			.filter((frames) -> !frames.isEmpty())
			.map(this::loopAround)
			.reduce((before, next) -> (before != Loop.NONE) ? before : next)
			.orElse(Loop.OPEN);
	}

	private Loop loopAround(List<StackTraceElement> frames) {
		List<StackTraceElement> relevant = frames.stream()
			.filter((frame) -> !frame.getClassName().contains(GENERATED) && !isOfTheJdk(frame))
			.toList();
		Set<Loop> loops = EnumSet.noneOf(Loop.class);
		for (int i = 0; i < relevant.size(); i++) {
			loops.addAll(this.known.computeIfAbsent(new Place(relevant.get(i), i == 0), Place::loops));
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
	 * A frame of a stack.
	 *
	 * @param frame the frame
	 * @param innermost whether it is the innermost that counts
	 */
	private record Place(StackTraceElement frame, boolean innermost) {

		/**
		 * Returns the loops around it. One that comes to an end is at its source where
		 * the innermost frame asks for more, and else at work.
		 */
		private Set<Loop> loops() {
			Set<Loop> loops = EnumSet.noneOf(Loop.class);
			for (MethodCode method : MethodCode.read(this.frame.getClassName(),
					(name, descriptor) -> name.equals(this.frame.getMethodName()))) {
				List<Call> calls = method.calls()
					.stream()
					.filter((call) -> call.line() == this.frame.getLineNumber())
					.toList();
				boolean atSource = this.innermost && calls.stream().anyMatch(method::asksForMore);
				for (Call call : calls) {
					Loop loop = method.loopAround(call);
					boolean ends = loop == Loop.COUNTED || loop == Loop.READING;
					loops.add(!ends ? loop : atSource ? Loop.READING : Loop.COUNTED);
				}
			}
			return loops;
		}

	}

}
