package io.github.gracefulboot.systemtests.systemd;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.process.Program;
import io.github.gracefulboot.test.process.ChildProcess;
import io.github.gracefulboot.test.process.Command;
import org.awaitility.Awaitility;

/**
 * A real systemd, as PID 1 of namespaces of its own: it is not the machine's init, sees
 * no unit of the machine and leaves nothing behind. It finds the sample, the JDK that
 * runs it and the test's directory where the constants say.
 */
public final class Systemd implements AutoCloseable {

	/**
	 * The test's directory, for units.
	 */
	public static final String DIRECTORY = "/run/tests/directory";

	private static final String APPLICATION = "/run/tests/application";

	/**
	 * The java executable of the JDK that the sample has to run on.
	 */
	public static final String JAVA = "/run/tests/java/bin/java";

	private static final List<String> NAMESPACES = List.of("--mount", "--pid", "--fork", "--cgroup", "--ipc", "--uts");

	private static final Duration END_TIMEOUT = Duration.ofSeconds(10);

	private static final AtomicInteger started = new AtomicInteger();

	private final Path units;

	private final ChildProcess process;

	private final String pid;

	private final App app;

	private Systemd(Path directory, App app, ChildProcess process) {
		this.app = app;
		this.units = directory.resolve("units");
		this.process = process;
		this.pid = awaitPid();
		Awaitility.await("systemd is up, see %s".formatted(directory))
			.failFast("systemd ended early, see %s".formatted(directory), () -> !process.isAlive())
			.until(() -> systemctl("is-active", "tests.target").exitCode() == 0);
	}

	/**
	 * Starts a systemd whose units, console and logs are in a directory.
	 */
	public static Systemd start(Path directory) {
		return start(directory, SampleJar.GRACEFUL);
	}

	/**
	 * Starts a systemd that finds another of the sample's jars in its place.
	 */
	public static Systemd start(Path directory, SampleJar jar) {
		Program.SYSTEMD.path();
		Path cgroup = createCgroup();
		try {
			App app = App.of(jar, directory);
			Path units = Files.createDirectories(directory.resolve("units"));
			for (String target : List.of("tests", "basic", "sysinit", "shutdown", "exit", "umount", "final")) {
				Files.writeString(units.resolve(target + ".target"), "[Unit]\nDefaultDependencies=no\n");
			}
			List<String> command = new ArrayList<>(List.of("sh", script("supervise.sh", directory), cgroup.toString(),
					script("boot.sh", directory), directory.toAbsolutePath().toString(), javaHome().toString(),
					app.jar().toAbsolutePath().toString()));
			return new Systemd(directory, app, ChildProcess.start(command, directory.resolve("systemd.log")));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String script(String name, Path directory) throws IOException {
		Path script = directory.resolve(name);
		try (InputStream content = Systemd.class.getResourceAsStream("/systemd/" + name)) {
			Files.copy(content, script, StandardCopyOption.REPLACE_EXISTING);
		}
		return script.toAbsolutePath().toString();
	}

	private static Path javaHome() throws IOException {
		return Path.of(System.getProperty("graceful.system-tests.java")).toRealPath().getParent().getParent();
	}

	/**
	 * Creates the cgroup that becomes the root of all that systemd sees, or treats
	 * systemd as missing where the machine does not allow that.
	 */
	private static Path createCgroup() {
		List<String> unshare = Stream
			.of(List.of("unshare"), NAMESPACES, List.of("mount", "-t", "tmpfs", "none", "/tmp"))
			.flatMap(List::stream)
			.toList();
		Command attempt = Command.run(unshare);
		if (attempt.exitCode() != 0) {
			return Program.SYSTEMD
				.unusable("systemd cannot be tested here, run as root and allow namespaces: " + attempt.output());
		}
		Optional<Path> cgroups = CgroupMount.find();
		if (cgroups.isEmpty()) {
			return Program.SYSTEMD.unusable("systemd cannot be tested here: mount a cgroup2 file system");
		}
		try {
			return Files.createDirectory(cgroups.get()
				.resolve("graceful-tests-%d-%d".formatted(ProcessHandle.current().pid(), started.incrementAndGet())));
		}
		catch (IOException ex) {
			return Program.SYSTEMD.unusable("systemd cannot be tested here, make cgroup2 writable: " + ex);
		}
	}

	/**
	 * The options of the sample's JVM, as one writes them on a command line.
	 */
	String jvmOptions() {
		String outside = this.app.jar().toAbsolutePath().getParent().toString();
		return this.app.jvmOptionsLine().replace(outside, APPLICATION);
	}

	/**
	 * The process id that systemd has outside: the only grandchild.
	 */
	private String awaitPid() {
		return Awaitility.await("systemd's process id")
			.failFast("systemd was not started, see its log", () -> !this.process.isAlive())
			.until(() -> this.process.children()
				.flatMap(ProcessHandle::children)
				.map((child) -> String.valueOf(child.pid()))
				.findFirst(), Optional::isPresent)
			.orElseThrow();
	}

	/**
	 * Adds or replaces a unit. The target wants it only so that systemd still knows how
	 * it ended afterwards: of a unit that nobody needs it forgets that.
	 */
	public void unit(String name, String content) {
		write(this.units.resolve("tests.target.d").resolve(name + ".conf"), "[Unit]\nWants=" + name);
		write(this.units.resolve(name), content);
	}

	/**
	 * Adds or replaces a unit with a file of that name.
	 */
	public void unit(Path file) {
		try {
			unit(file.getFileName().toString(), Files.readString(file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Adds or replaces something to a unit.
	 */
	public void dropIn(String unit, String name, String content) {
		write(this.units.resolve(unit + ".d").resolve(name + ".conf"), content);
	}

	private void write(Path file, String content) {
		try {
			Files.createDirectories(file.getParent());
			Files.writeString(file, content);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		require("daemon-reload");
	}

	/**
	 * Runs systemctl, which may fail.
	 */
	public Command systemctl(String... arguments) {
		return Command.run(line("systemctl", arguments));
	}

	/**
	 * Runs systemctl, which has to succeed.
	 */
	public Command require(String... arguments) {
		return Command.succeed(line("systemctl", arguments));
	}

	/**
	 * What systemd says about a unit, such as its ActiveState.
	 */
	public String show(String unit, String property) {
		return require("show", "--value", "--property=" + property, unit).output();
	}

	private List<String> line(String program, String... arguments) {
		List<String> line = new ArrayList<>(List.of("nsenter", "-t", this.pid, "-m", "-p", "-i", "-u", "-C", program));
		line.addAll(List.of(arguments));
		return line;
	}

	@Override
	public void close() {
		this.process.endInput();
		int exitCode = this.process.awaitExit(System.nanoTime(), END_TIMEOUT).code();
		if (exitCode != 0) {
			throw new IllegalStateException("systemd left something behind: " + this.process.log());
		}
	}

}
