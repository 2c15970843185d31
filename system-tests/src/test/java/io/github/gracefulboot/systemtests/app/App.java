package io.github.gracefulboot.systemtests.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.github.gracefulboot.test.Fleet;
import io.github.gracefulboot.test.process.ChildProcess;
import io.github.gracefulboot.test.process.FreePorts;

/**
 * A sample that can be started, again and again, on its own port.
 *
 * @param launch how a JVM finds it
 * @param port where it listens
 * @param log where its output goes, of every start
 * @param jvmOptions options of its JVM
 * @param args its command line
 * @param environment variables of its environment beside those of the tests
 */
public record App(Launch launch, int port, Path log, List<String> jvmOptions, List<String> args,
		Map<String, String> environment) {

	private static final Map<String, String> ENVIRONMENT = Map.of("SPRING_THREADS_VIRTUAL_ENABLED",
			System.getProperty("graceful.system-tests.virtual-threads", "false"));

	public static App of(SampleJar jar, Path directory, String... args) {
		int port = FreePorts.next();
		return new App(Launch.of(jar), port, directory.resolve("app-%d.log".formatted(port)),
				List.of(commonJvmOptions().split(" ")), List.of(args), ENVIRONMENT);
	}

	/**
	 * Describes two instances of an application.
	 */
	public static Fleet fleet(SampleJar jar, String name, String... args) {
		Launch launch = Launch.of(jar);
		Fleet fleet = Fleet.ofJar(launch.jar())
			.named(name.toLowerCase(Locale.ROOT))
			.java(java())
			.jvmOptions(commonJvmOptions().split(" "))
			.jvmOptions(launch.options().toArray(String[]::new))
			.args(args);
		for (Map.Entry<String, String> variable : ENVIRONMENT.entrySet()) {
			fleet = fleet.environment(variable.getKey(), variable.getValue());
		}
		return fleet;
	}

	/**
	 * The same sample whose JVM has more options.
	 */
	public App withJvmOptions(String... options) {
		List<String> all = new ArrayList<>(this.jvmOptions);
		all.addAll(List.of(options));
		return new App(this.launch, this.port, this.log, all, this.args, this.environment);
	}

	/**
	 * The same sample with more on its command line.
	 */
	public App withArgs(String... more) {
		List<String> all = new ArrayList<>(this.args);
		all.addAll(List.of(more));
		return new App(this.launch, this.port, this.log, this.jvmOptions, all, this.environment);
	}

	/**
	 * The same sample with one more environment variable.
	 */
	public App withEnvironment(String name, String value) {
		Map<String, String> all = new HashMap<>(this.environment);
		all.put(name, value);
		return new App(this.launch, this.port, this.log, this.jvmOptions, this.args, all);
	}

	/**
	 * The same sample in a jar that lacks a library.
	 */
	public App withoutLibrary(String name) {
		return repackaged("without-" + name, (libraries) -> {
			try (DirectoryStream<Path> matching = Files.newDirectoryStream(libraries, name + "-*.jar")) {
				for (Path library : matching) {
					Files.delete(library);
				}
			}
		});
	}

	/**
	 * The same sample in a jar with more libraries.
	 * @param name what to call the jar
	 * @param classes one of each library, which is on the class path of the tests
	 */
	public App withLibraries(String name, Class<?>... classes) {
		return repackaged("with-" + name, (libraries) -> {
			for (Class<?> type : classes) {
				Path library = Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
				Files.copy(library, libraries.resolve(library.getFileName().toString()));
			}
		});
	}

	private App repackaged(String name, LibraryChange change) {
		Path copy = this.log.resolveSibling(name + ".jar");
		try {
			Files.copy(this.launch.packaged(), copy, StandardCopyOption.REPLACE_EXISTING);
			// Spring Boot's class loader reads no compressed jars
			try (FileSystem contents = FileSystems.newFileSystem(copy, Map.of("compressionMethod", "STORED"))) {
				change.apply(contents.getPath("/BOOT-INF/lib"));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return new App(Launch.packaged(copy), this.port, this.log, this.jvmOptions, this.args, this.environment);
	}

	/**
	 * The java executable that runs all samples.
	 */
	public static String java() {
		return System.getProperty("graceful.system-tests.java", "java");
	}

	/**
	 * The options of all samples' JVMs, as one writes them on a command line.
	 */
	public static String commonJvmOptions() {
		return System.getProperty("graceful.system-tests.jvm-options", "-Xmx256m");
	}

	/**
	 * What {@code java -jar} runs.
	 */
	public Path jar() {
		return this.launch.jar();
	}

	/**
	 * All options of its JVM, as one writes them on a command line.
	 */
	public String jvmOptionsLine() {
		return String.join(" ", allJvmOptions());
	}

	private List<String> allJvmOptions() {
		return Stream.concat(this.jvmOptions.stream(), this.launch.options().stream()).toList();
	}

	/**
	 * The command that starts it, for those who let something else do that.
	 */
	public List<String> command() {
		List<String> command = new ArrayList<>();
		command.add(java());
		command.addAll(allJvmOptions());
		command.addAll(List.of("-jar", jar().toString()));
		command.add("--server.port=" + this.port);
		command.addAll(this.args);
		return command;
	}

	public AppProcess start() {
		return new AppProcess(this, ChildProcess.start(command(), this.environment, this.log));
	}

	/**
	 * Starts it by another program, which is given its command and becomes it.
	 */
	public AppProcess startBy(List<String> program) {
		List<String> command = Stream.concat(program.stream(), command().stream()).toList();
		return new AppProcess(this, ChildProcess.start(command, this.environment, this.log));
	}

	/**
	 * The status of its readiness probe, or 0 if nobody answers.
	 */
	public int readiness() {
		return Readiness.of(this.port);
	}

	/**
	 * Starts it and waits until it is ready. Ends it if it does not get ready.
	 */
	public AppProcess startReady() {
		AppProcess process = start();
		try {
			process.awaitReady();
			return process;
		}
		catch (RuntimeException ex) {
			process.close();
			throw ex;
		}
	}

	private interface LibraryChange {

		void apply(Path libraries) throws IOException;

	}

}
