package io.github.gracefulboot.test.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Kills what this JVM has started and not ended, when the JVM is gone: also after
 * {@code kill -9}, an interrupted build or {@link Runtime#halt(int)}, of which a shutdown
 * hook learns nothing. It is a shell that reads process ids from a pipe until the JVM's
 * end closes it. Where there is no shell, a shutdown hook has to do.
 */
final class Reaper {

	private static final String SCRIPT = """
			trap '' INT TERM HUP
			pids=' '
			while read -r op pid; do
			  case $op in
			    +) pids="$pids$pid " ;;
			    -) case $pids in *" $pid "*) pids="${pids%%" $pid "*} ${pids#*" $pid "}" ;; esac ;;
			  esac
			done
			for pid in $pids; do kill -KILL "$pid" 2> /dev/null; done
			""";

	private static final Reaper INSTANCE = start();

	private final OutputStream commands;

	private Reaper(OutputStream commands) {
		this.commands = commands;
	}

	/**
	 * Kills a process when this JVM ends.
	 * @param pid its process id
	 */
	static void watch(long pid) {
		INSTANCE.send("+ " + pid);
	}

	/**
	 * Leaves a process alone that has ended.
	 * @param pid its process id
	 */
	static void forget(long pid) {
		INSTANCE.send("- " + pid);
	}

	private static Reaper start() {
		try {
			Process shell = new ProcessBuilder(List.of("sh", "-c", SCRIPT)).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			return new Reaper(shell.getOutputStream());
		}
		catch (IOException ex) {
			return new Reaper(new Hook());
		}
	}

	private synchronized void send(String command) {
		try {
			this.commands.write((command + "\n").getBytes(StandardCharsets.US_ASCII));
			this.commands.flush();
		}
		catch (IOException ex) {
			// Nobody but the test itself ends its processes then
		}
	}

	/**
	 * Understands the same commands as the shell.
	 */
	private static final class Hook extends OutputStream {

		private final Set<Long> pids = ConcurrentHashMap.newKeySet();

		Hook() {
			Runtime.getRuntime().addShutdownHook(new Thread(this::killAll, "graceful-test-reaper"));
		}

		@Override
		public void write(int b) throws IOException {
			throw new IOException("Commands come whole");
		}

		@Override
		public void write(byte[] bytes) {
			String[] command = new String(bytes, StandardCharsets.US_ASCII).trim().split(" ");
			long pid = Long.parseLong(command[1]);
			if (command[0].equals("+")) {
				this.pids.add(pid);
			}
			else {
				this.pids.remove(pid);
			}
		}

		private void killAll() {
			this.pids.forEach((pid) -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
		}

	}

}
