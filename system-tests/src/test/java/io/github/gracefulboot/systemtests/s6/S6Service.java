package io.github.gracefulboot.systemtests.s6;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.DeployFile;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.process.Program;
import io.github.gracefulboot.test.process.ChildProcess;
import io.github.gracefulboot.test.process.Command;
import io.github.gracefulboot.test.process.FreePorts;
import org.awaitility.Awaitility;

/**
 * The sample's own service directory under a real s6-supervise.
 */
public final class S6Service implements AutoCloseable {

	private static final List<String> FILES = List.of("run", "notification-fd", "timeout-kill");

	private static final Duration END_TIMEOUT = Duration.ofSeconds(5);

	private static final long WAIT_MILLIS = 60000;

	private final int port = FreePorts.next();

	private final Path directory;

	private final ChildProcess supervisor;

	private S6Service(Path directory, Map<String, String> environment) {
		this.directory = directory;
		Map<String, String> all = new HashMap<>(environment);
		all.put("SERVER_PORT", String.valueOf(this.port));
		all.put("JAVA", App.java());
		App app = App.of(SampleJar.GRACEFUL, directory);
		all.put("JAR", app.jar().toAbsolutePath().toString());
		all.put("JDK_JAVA_OPTIONS", app.jvmOptionsLine());
		this.supervisor = ChildProcess.start(List.of(Program.S6.path(), directory.toString()), all,
				directory.resolveSibling(directory.getFileName() + ".log"));
		Awaitility.await("s6-supervise is up").until(() -> s6("svstat").exitCode() == 0);
	}

	/**
	 * Starts the service with more environment variables.
	 */
	public static S6Service start(Path directory, Map<String, String> environment) {
		return start(directory, environment, DeployFile.read("s6/sample-app/run"));
	}

	/**
	 * Starts the service with another script.
	 */
	public static S6Service start(Path directory, Map<String, String> environment, String run) {
		Program.S6.path();
		try {
			Files.createDirectories(directory);
			for (String file : FILES) {
				Files.copy(DeployFile.path("s6/sample-app/" + file), directory.resolve(file),
						StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
			}
			Files.writeString(directory.resolve("run"), run);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new S6Service(directory, environment);
	}

	public int port() {
		return this.port;
	}

	public int readiness() {
		return Readiness.of(this.port);
	}

	public void awaitLog(String text) {
		Awaitility.await("'%s' in the log".formatted(text))
			.atMost(Duration.ofMillis(WAIT_MILLIS))
			.until(() -> log().contains(text));
	}

	public String log() {
		return this.supervisor.log();
	}

	/**
	 * Waits until s6 says that the service is ready.
	 */
	public Command awaitReady() {
		return s6("svwait", "-U", "-t", String.valueOf(WAIT_MILLIS));
	}

	/**
	 * Stops the service and waits until it is down.
	 */
	public Command stop() {
		return s6("svc", "-d", "-wD", "-T", String.valueOf(WAIT_MILLIS));
	}

	/**
	 * What s6 says about the service, such as {@code down (exitcode 0) 1 seconds}.
	 */
	public String status() {
		return s6("svstat").output();
	}

	private Command s6(String program, String... arguments) {
		List<String> line = new ArrayList<>();
		line.add(Path.of(Program.S6.path()).resolveSibling("s6-" + program).toString());
		line.addAll(List.of(arguments));
		line.add(this.directory.toString());
		return Command.run(line);
	}

	@Override
	public void close() {
		s6("svc", "-x", "-d", "-k");
		try {
			this.supervisor.awaitExit(System.nanoTime(), END_TIMEOUT);
		}
		finally {
			this.supervisor.close();
		}
	}

}
