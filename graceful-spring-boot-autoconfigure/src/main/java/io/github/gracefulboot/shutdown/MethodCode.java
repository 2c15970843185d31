package io.github.gracefulboot.shutdown;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.util.ClassUtils;

/**
 * The instructions of a method and where they lead, as far as its class file tells:
 * handlers of exceptions are not followed, unless for loops, nor what is done when the
 * thread was interrupted.
 */
public final class MethodCode {

	/**
	 * A sleep of this many milliseconds ends after any shutdown.
	 */
	private static final long ENDLESS = Duration.ofHours(1).toMillis();

	private static final Set<String> MORE = Set.of("hasNext()Z", "hasMoreElements()Z", "next()Z");

	private static final Set<String> READ = Set.of("read", "readLine", "readNext", "readRecord");

	/**
	 * The instructions that a comparison takes, of a counter or of what was read.
	 */
	private static final int COMPARED = 4;

	private static final String INTERRUPT = "java/lang/InterruptedException";

	private static final Set<String> INTERRUPTED = Set.of("isInterrupted", "interrupted");

	private final List<Instruction> instructions = new ArrayList<>();

	private final Map<Label, Integer> labels = new HashMap<>();

	private final List<Call> calls = new ArrayList<>();

	private final List<Handler> handlers = new ArrayList<>();

	private MethodCode() {
	}

	/**
	 * Reads methods of a class.
	 * @param className the class
	 * @param methods tells by name and descriptor which of them to read
	 * @return the methods, none if the class file cannot be had
	 */
	public static List<MethodCode> read(String className, BiPredicate<String, String> methods) {
		String file = ClassUtils.convertClassNameToResourcePath(className) + ".class";
		try (InputStream bytes = open(file)) {
			if (bytes == null) {
				return List.of();
			}
			List<MethodCode> code = new ArrayList<>();
			new ClassReader(bytes).accept(new ClassVisitor(SpringAsmInfo.ASM_VERSION) {

				@Override
				public @Nullable MethodVisitor visitMethod(int access, String name, String descriptor,
						@Nullable String signature, String @Nullable [] exceptions) {
					if (!methods.test(name, descriptor)) {
						return null;
					}
					MethodCode method = new MethodCode();
					code.add(method);
					return method.new Reader();
				}

			}, ClassReader.SKIP_FRAMES);
			return code;
		}
		catch (IOException | RuntimeException ex) {
			return List.of();
		}
	}

	/**
	 * The class loader of the thread is asked last: that of one which handles a signal
	 * does not see what is in a packaged application.
	 */
	private static @Nullable InputStream open(String file) {
		for (ClassLoader classLoader : Arrays.asList(MethodCode.class.getClassLoader(),
				ClassUtils.getDefaultClassLoader())) {
			InputStream bytes = (classLoader != null) ? classLoader.getResourceAsStream(file) : null;
			if (bytes != null) {
				return bytes;
			}
		}
		return null;
	}

	/**
	 * Returns what the method calls.
	 * @return the calls in the order of the code
	 */
	public List<Call> calls() {
		return this.calls;
	}

	/**
	 * Returns whether the method may return after one of some calls. It does not after a
	 * sleep without end.
	 * @param calls the calls
	 * @return whether there is a way
	 */
	public boolean mayReturnAfter(Collection<Call> calls) {
		return reachable(calls).stream().anyMatch((index) -> this.instructions.get(index).ends());
	}

	/**
	 * Returns whether a call is in a loop.
	 * @param call the call
	 * @return whether there is a way from it to itself
	 */
	public boolean mayRepeat(Call call) {
		Instruction instruction = this.instructions.get(call.index());
		return instruction.goesOn() && reachable(call.index() + 1).contains(call.index());
	}

	/**
	 * Returns whether a call asks for what a loop goes through, or reads it.
	 * @param call the call
	 * @return whether it does
	 */
	public boolean asksForMore(Call call) {
		Instruction instruction = this.instructions.get(call.index());
		return instruction.asksForMore() || instruction.reads();
	}

	/**
	 * Returns which loop a call is in. Handlers of exceptions count: a loop may pause in
	 * one before it tries again.
	 * @param call the call
	 * @return the outermost loop
	 */
	public Loop loopAround(Call call) {
		Set<Integer> loop = spread(this::nextOrHandler, call.index() + 1);
		if (!this.instructions.get(call.index()).goesOn() || !loop.contains(call.index())) {
			return Loop.NONE;
		}
		loop.retainAll(leadingTo(call.index()));
		Set<Integer> counters = loop.stream()
			.map((index) -> this.instructions.get(index).increments())
			.filter(Objects::nonNull)
			.collect(Collectors.toSet());
		List<Integer> exits = loop.stream().filter((index) -> leaves(index, loop)).toList();
		if (exits.stream().anyMatch((index) -> endsByCount(index, counters))) {
			return Loop.COUNTED;
		}
		return exits.stream().anyMatch(this::endsByReading) ? Loop.READING : Loop.OPEN;
	}

	private boolean leaves(int index, Set<Integer> loop) {
		return index > 0 && !this.instructions.get(index).targets().isEmpty() && !loop.containsAll(next(index));
	}

	/**
	 * Returns whether an instruction leaves a loop because its rounds were counted, or
	 * because an iterator has no more elements.
	 */
	private boolean endsByCount(int index, Set<Integer> counters) {
		return this.instructions.get(index - 1).asksForMore() || comparedBefore(index)
			.anyMatch((compared) -> compared.loads() != null && counters.contains(compared.loads()));
	}

	/**
	 * Returns whether an instruction leaves a loop because there is nothing more to read.
	 */
	private boolean endsByReading(int index) {
		return comparedBefore(index).anyMatch(Instruction::reads);
	}

	private Stream<Instruction> comparedBefore(int index) {
		return this.instructions.subList(Math.max(0, index - COMPARED), index).stream();
	}

	private List<Integer> next(int index) {
		Instruction instruction = this.instructions.get(index);
		List<Integer> next = new ArrayList<>();
		if (instruction.goesOn() && index + 1 < this.instructions.size()) {
			next.add(index + 1);
		}
		instruction.targets().forEach((target) -> next.add(indexOf(target)));
		return next;
	}

	private int indexOf(Label label) {
		return Objects.requireNonNull(this.labels.get(label));
	}

	private List<Integer> nextOrHandler(int index) {
		List<Integer> next = next(index);
		this.handlers.stream()
			.filter((handler) -> index >= indexOf(handler.start()) && index < indexOf(handler.end()))
			.forEach((handler) -> next.add(indexOf(handler.target())));
		return next;
	}

	private Set<Integer> leadingTo(int index) {
		Map<Integer, List<Integer>> previous = new HashMap<>();
		for (int i = 0; i < this.instructions.size(); i++) {
			for (int next : nextOrHandler(i)) {
				previous.computeIfAbsent(next, (key) -> new ArrayList<>()).add(i);
			}
		}
		return spread((current) -> previous.getOrDefault(current, List.of()), index);
	}

	private Set<Integer> reachable(Collection<Call> calls) {
		return reachable(calls.stream().map(Call::index).toArray(Integer[]::new));
	}

	private Set<Integer> reachable(Integer... from) {
		return spread(this::next, from);
	}

	private Set<Integer> spread(Function<Integer, List<Integer>> next, Integer... from) {
		Deque<Integer> open = new ArrayDeque<>(Arrays.asList(from));
		Set<Integer> seen = new HashSet<>();
		while (!open.isEmpty()) {
			int index = open.pop();
			if (index < this.instructions.size() && seen.add(index)) {
				open.addAll(next.apply(index));
			}
		}
		return seen;
	}

	/**
	 * A call of a method.
	 *
	 * @param index where it is in the code
	 * @param line the number of its line, 0 if the class file has none
	 * @param className the class whose method it is
	 * @param name the name of the method
	 * @param descriptor its parameters and result, as in class files
	 */
	public record Call(int index, int line, String className, String name, String descriptor) {

	}

	/**
	 * A loop.
	 */
	public enum Loop {

		/**
		 * None, as far as one method tells.
		 */
		NONE,

		/**
		 * One that comes to an end by itself, since it counts its rounds or goes through
		 * the elements of something.
		 */
		COUNTED,

		/**
		 * One that ends when there is nothing more to read, such as lines. It may wait
		 * for what comes for as long as the process lives.
		 */
		READING,

		/**
		 * Another one, which may go on for ever.
		 */
		OPEN

	}

	/**
	 * An instruction that may end a method or lead to others.
	 *
	 * @param ends whether the method ends with it
	 * @param goesOn whether the next one may follow
	 * @param targets where else it may lead
	 * @param loads the number of the variable that it loads, or {@code null}
	 * @param increments the number of the variable that it increments, or {@code null}
	 * @param called the name and the descriptor of the method that it calls, or empty
	 */
	private record Instruction(boolean ends, boolean goesOn, List<Label> targets, @Nullable Integer loads,
			@Nullable Integer increments, String called) {

		private boolean asksForMore() {
			return MORE.contains(this.called);
		}

		private boolean reads() {
			int descriptor = this.called.indexOf('(');
			return descriptor > 0 && READ.contains(this.called.substring(0, descriptor));
		}

	}

	/**
	 * A handler of exceptions.
	 *
	 * @param start the first instruction that it is for
	 * @param end the one after the last
	 * @param target where it begins
	 */
	private record Handler(Label start, Label end, Label target) {

	}

	/**
	 * Reads the instructions.
	 */
	private final class Reader extends MethodVisitor {

		private int line;

		private @Nullable Object constant;

		private boolean interrupted;

		private Reader() {
			super(SpringAsmInfo.ASM_VERSION);
		}

		@Override
		public void visitLabel(Label label) {
			MethodCode.this.labels.put(label, MethodCode.this.instructions.size());
		}

		@Override
		public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String type) {
			if (!INTERRUPT.equals(type)) {
				MethodCode.this.handlers.add(new Handler(start, end, handler));
			}
		}

		@Override
		public void visitLineNumber(int line, Label start) {
			this.line = line;
		}

		@Override
		public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
			boolean endless = this.constant instanceof Long millis && millis >= ENDLESS && name.equals("sleep")
					&& owner.equals("java/lang/Thread");
			MethodCode.this.calls.add(new Call(MethodCode.this.instructions.size(), this.line,
					ClassUtils.convertResourcePathToClassName(owner), name, descriptor));
			add(new Instruction(false, !endless, List.of(), null, null, name + descriptor));
			this.interrupted = INTERRUPTED.contains(name) && owner.equals("java/lang/Thread");
		}

		@Override
		public void visitLdcInsn(Object value) {
			add(false, true);
			this.constant = value;
		}

		@Override
		public void visitInsn(int opcode) {
			boolean ends = opcode == Opcodes.ATHROW || opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN;
			add(ends, !ends);
		}

		@Override
		public void visitIntInsn(int opcode, int operand) {
			add(false, true);
		}

		@Override
		public void visitVarInsn(int opcode, int variable) {
			add(new Instruction(false, true, List.of(), (opcode == Opcodes.ILOAD) ? variable : null, null, ""));
		}

		@Override
		public void visitIincInsn(int variable, int increment) {
			add(new Instruction(false, true, List.of(), null, variable, ""));
		}

		@Override
		public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
			add(false, true);
		}

		@Override
		public void visitTypeInsn(int opcode, String type) {
			add(false, true);
		}

		@Override
		public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
			add(false, true);
		}

		@Override
		public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
			add(false, true);
		}

		@Override
		public void visitJumpInsn(int opcode, Label label) {
			if (this.interrupted && opcode == Opcodes.IFNE) {
				add(false, true);
			}
			else {
				add(false, opcode != Opcodes.GOTO && !(this.interrupted && opcode == Opcodes.IFEQ), label);
			}
		}

		@Override
		public void visitTableSwitchInsn(int min, int max, Label other, Label... labels) {
			visitLookupSwitchInsn(other, new int[0], labels);
		}

		@Override
		public void visitLookupSwitchInsn(Label other, int[] keys, Label[] labels) {
			Label[] all = Arrays.copyOf(labels, labels.length + 1);
			all[labels.length] = other;
			add(false, false, all);
		}

		private void add(boolean ends, boolean goesOn, Label... targets) {
			add(new Instruction(ends, goesOn, List.of(targets), null, null, ""));
		}

		private void add(Instruction instruction) {
			this.constant = null;
			this.interrupted = false;
			MethodCode.this.instructions.add(instruction);
		}

	}

}
