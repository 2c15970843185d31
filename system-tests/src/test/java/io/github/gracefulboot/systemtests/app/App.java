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
 * @param jvmOptions options of its JVM
 * @param args its command line
 */
public record App(SampleJar jar, int port, Path log, List<String> jvmOptions, List<String> args) {

	public static App of(SampleJar jar, Path directory, String... args) {
		int port = FreePorts.next();
		return new App(jar, port, directory.resolve("app-%d.log".formatted(port)), List.of("-Xmx256m"), List.of(args));
	}

	/**
	 * The same sample whose JVM has more options.
	 */
	public App withJvmOptions(String... options) {
		List<String> all = new ArrayList<>(this.jvmOptions);
		all.addAll(List.of(options));
		return new App(this.jar, this.port, this.log, all, this.args);
	}

	public AppProcess start() {
		List<String> command = new ArrayList<>();
		command.add(System.getProperty("graceful.system-tests.java", "java"));
		command.addAll(this.jvmOptions);
		command.addAll(List.of("-jar", this.jar.path().toString(), "--server.port=" + this.port));
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
