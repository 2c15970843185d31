package io.github.gracefulboot.handover;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.ReloadNotifier;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.HandOver;
import io.github.gracefulboot.shutdown.ProcessReplacer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.log.LogMessage;

/**
 * Starts the command line of this process again, which then takes the port over. What is
 * at the path of the jar by now is what runs.
 */
final class Relaunch implements ProcessReplacer {

	private static final Log logger = LogFactory.getLog(Relaunch.class);

	private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

	/**
	 * What a supervisor says to this process only.
	 */
	private static final List<String> OWN_VARIABLES = List.of("WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS",
			"LISTEN_FDNAMES", "NODE_CHANNEL_FD");

	private final HandOver handOver;

	private final ObjectProvider<ReloadNotifier> notifier;

	private final AtomicBoolean starting = new AtomicBoolean();

	Relaunch(HandOver handOver, ObjectProvider<ReloadNotifier> notifier) {
		this.handOver = handOver;
		this.notifier = notifier;
	}

	@Override
	public void replaceProcess(String source) {
		if (this.handOver.handedOverTo() != null || !this.starting.compareAndSet(false, true)) {
			logger.info(LogMessage.format("Ignoring %s: this process is being replaced already", source));
			return;
		}
		DaemonThreads.start("graceful-handover-start", () -> {
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
		});
	}

	private void replace(String source) {
		try {
			ProcessBuilder builder = new ProcessBuilder(commandLine()).inheritIO();
			builder.environment().keySet().removeAll(OWN_VARIABLES);
			Process process = builder.start();
			logger.info(LogMessage.format("%s: started process %d, which takes the place of this one when it is ready",
					source, process.pid()));
			while (this.handOver.handedOverTo() == null) {
				if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
					logger.warn(LogMessage.format("Process %d exited with code %d: this process goes on to serve",
							process.pid(), process.exitValue()));
					return;
				}
			}
		}
		catch (IOException ex) {
			logger.warn(LogMessage.format("%s: could not start a new process, and go on to serve (%s)", source,
					ex.getMessage()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static List<String> commandLine() throws IOException {
		Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
		// Each argument ends with a null character, also an empty one
		return List.of(new String(Files.readAllBytes(COMMAND_LINE), charset).split("\0"));
	}

}
