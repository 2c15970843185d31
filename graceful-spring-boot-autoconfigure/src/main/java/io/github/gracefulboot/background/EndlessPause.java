package io.github.gracefulboot.background;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.github.gracefulboot.background.Stack.Call;
import org.jspecify.annotations.Nullable;

import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Label;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.util.ClassUtils;

/**
 * Tells by its code whether a method never returns from where it pauses, as
 * {@code while (true) Thread.sleep(60_000)} and {@code Thread.sleep(Long.MAX_VALUE)} do
 * not. Such a pause has no end and nothing to lose.
 */
final class EndlessPause {

	/**
	 * A sleep of this many milliseconds ends after any shutdown.
	 */
	private static final long ENDLESS = Duration.ofHours(1).toMillis();

	private EndlessPause() {
	}

	/**
	 * Returns whether a method never returns from a call, unless that throws something.
	 * @param call the call
	 * @return {@code false} if it may return, or its code cannot be had
	 */
	static boolean isAt(Call call) {
		StackTraceElement frame = call.from();
		String file = ClassUtils.convertClassNameToResourcePath(frame.getClassName()) + ".class";
		ClassLoader classLoader = ClassUtils.getDefaultClassLoader();
		try (InputStream bytes = (classLoader != null) ? classLoader.getResourceAsStream(file) : null) {
			if (bytes == null) {
				return false;
			}
			List<Code> methods = new ArrayList<>();
			new ClassReader(bytes).accept(new ClassVisitor(SpringAsmInfo.ASM_VERSION) {

				@Override
				public @Nullable MethodVisitor visitMethod(int access, String name, String descriptor,
						@Nullable String signature, String @Nullable [] exceptions) {
					if (!name.equals(frame.getMethodName())) {
						return null;
					}
					Code code = new Code(frame.getLineNumber(), call.method());
					methods.add(code);
					return code;
				}

			}, ClassReader.SKIP_FRAMES);
			List<Code> calling = methods.stream().filter((code) -> !code.calls.isEmpty()).toList();
			return !calling.isEmpty() && calling.stream().noneMatch(Code::mayEnd);
		}
		catch (IOException | RuntimeException ex) {
			return false;
		}
	}

	/**
	 * The instructions of a method and where they lead.
	 */
	private static final class Code extends MethodVisitor {

		private final int line;

		private final String called;

		private final List<Instruction> instructions = new ArrayList<>();

		private final Map<Label, Integer> labels = new HashMap<>();

		private final List<Integer> calls = new ArrayList<>();

		private boolean onLine;

		private @Nullable Object constant;

		Code(int line, String called) {
			super(SpringAsmInfo.ASM_VERSION);
			this.line = line;
			this.called = called;
		}

		@Override
		public void visitLabel(Label label) {
			this.labels.put(label, this.instructions.size());
		}

		@Override
		public void visitLineNumber(int line, Label start) {
			this.onLine = line == this.line;
		}

		@Override
		public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
			boolean endless = this.constant instanceof Long millis && millis >= ENDLESS
					&& owner.equals("java/lang/Thread");
			if (this.onLine && name.equals(this.called)) {
				this.calls.add(this.instructions.size());
			}
			add(false, !endless);
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
		public void visitJumpInsn(int opcode, Label label) {
			add(false, opcode != Opcodes.GOTO, label);
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
			this.constant = null;
			this.instructions.add(new Instruction(ends, goesOn, List.of(targets)));
		}

		private boolean mayEnd() {
			Deque<Integer> next = new ArrayDeque<>(this.calls);
			Set<Integer> seen = new HashSet<>();
			while (!next.isEmpty()) {
				int index = next.pop();
				if (index >= this.instructions.size() || !seen.add(index)) {
					continue;
				}
				Instruction instruction = this.instructions.get(index);
				if (instruction.ends()) {
					return true;
				}
				if (instruction.goesOn()) {
					next.push(index + 1);
				}
				instruction.targets().forEach((target) -> next.push(Objects.requireNonNull(this.labels.get(target))));
			}
			return false;
		}

	}

	/**
	 * An instruction that may end a method or lead to others.
	 *
	 * @param ends whether the method ends with it
	 * @param goesOn whether the next one may follow
	 * @param targets where else it may lead
	 */
	private record Instruction(boolean ends, boolean goesOn, List<Label> targets) {

	}

}
