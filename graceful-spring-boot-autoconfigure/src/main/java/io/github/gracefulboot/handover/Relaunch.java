package io.github.gracefulboot.handover;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import io.github.gracefulboot.ReloadNotifier;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.ProcessReplacer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.log.LogMessage;

/**
 * Starts the command line of this process again, which then takes the port over. What is
 * at the path of the jar by now is what runs.
 */
final class Relaunch implements ProcessReplacer, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(Relaunch.class);

	private static final Duration LONGEST_END = Duration.ofSeconds(1);

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

	private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

	/**
	 * Waits for the new process. systemd, when it stops a service, waits for no main
	 * process that was not its own child when it was told of it: so the shell between the
	 * two is killed before.
	 */
	private static final List<String> SHELL = List.of("/bin/sh", "-c", "\"$@\"; exit $?", "sh");

	/**
	 * What a supervisor says to this process only.
	 */
	private static final List<String> OWN_VARIABLES = List.of("WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS",
			"LISTEN_FDNAMES", "NODE_CHANNEL_FD");

	private final PortHandOver handOver;

	private final ObjectProvider<ReloadNotifier> notifier;

	private final AtomicBoolean starting = new AtomicBoolean();

	private volatile @Nullable Process shell;

	private volatile boolean givenAway;

	Relaunch(PortHandOver handOver, ObjectProvider<ReloadNotifier> notifier) {
		this.handOver = handOver;
		this.notifier = notifier;
		handOver.beforeHandOver(this::giveAway);
	}

	/**
	 * Makes the new process a child of the supervisor.
	 */
	private void giveAway() {
		Process shell = this.shell;
		if (shell != null) {
			this.givenAway = true;
			shell.destroyForcibly();
			try {
				shell.waitFor(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public void replaceProcess(String source) {
		if (this.handOver.handedOverTo() != null || !this.starting.compareAndSet(false, true)) {
			logger.info(LogMessage.format("Ignoring %s: this process is being replaced already", source));
			return;
		}
		try {
			DaemonThreads.start("graceful-handover-start", () -> start(source));
		}
		catch (OutOfMemoryError ex) {
			this.starting.set(false);
			logger.warn(LogMessage.format("No thread left to replace this process, send %s again (%s)", source,
					ex.getMessage()));
		}
	}

	private void start(String source) {
		ReloadNotifier notifier = this.notifier.getIfAvailable();
		try {
			if (notifier != null) {
				notifier.reload(() -> replace(source));
			}
			else {
				replace(source);
			}
		}
		finally {
			this.starting.set(false);
		}
	}

	private void replace(String source) {
		try {
			ProcessBuilder builder = new ProcessBuilder(Stream.concat(SHELL.stream(), commandLine()).toList())
				.inheritIO();
			builder.environment().keySet().removeAll(OWN_VARIABLES);
			Process shell = builder.start();
			this.shell = shell;
			logger.info(LogMessage
				.format("%s: started a new process, which takes the place of this one when it is ready", source));
			while (!shell.waitFor(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS)) {
				if (this.handOver.handedOverTo() != null) {
					return;
				}
			}
			if (!this.givenAway) {
				logger.warn(LogMessage.format("The new process exited with code %d: this process keeps serving",
						shell.exitValue()));
			}
		}
		catch (IOException ex) {
			logger.warn(LogMessage.format("%s: could not start a new process, this one keeps serving (%s)", source,
					ex.getMessage()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static Stream<String> commandLine() throws IOException {
		Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
		// Each argument ends with a null character, also an empty one
		return Stream.of(new String(Files.readAllBytes(COMMAND_LINE), charset).split("\0"));
	}

}
