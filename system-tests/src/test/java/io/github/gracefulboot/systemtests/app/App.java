package io.github.gracefulboot.systemtests.app;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.gracefulboot.systemtests.process.ChildProcess;
import io.github.gracefulboot.systemtests.process.FreePorts;

/**
 * A sample that can be started, again and again, on its own port.
 *
 * @param jar which one
 * @param port where it listens
 * @param log where its output goes, of every start
 * @param args its command line
 */
public record App(SampleJar jar, int port, Path log, List<String> args) {

	public static App of(SampleJar jar, Path directory, String... args) {
		int port = FreePorts.next();
		return new App(jar, port, directory.resolve("app-%d.log".formatted(port)), List.of(args));
	}

	public AppProcess start() {
		List<String> command = new ArrayList<>();
		command.add(System.getProperty("graceful.system-tests.java", "java"));
		command.addAll(List.of("-Xmx256m", "-jar", this.jar.path().toString(), "--server.port=" + this.port));
		command.addAll(this.args);
		return new AppProcess(this, ChildProcess.start(command, this.log));
	}

	/**
	 * Starts it and waits until it is ready.
	 */
	public AppProcess startReady() {
		AppProcess process = start();
		process.awaitReady();
		return process;
	}

}
