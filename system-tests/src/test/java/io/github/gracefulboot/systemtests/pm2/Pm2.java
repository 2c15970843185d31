package io.github.gracefulboot.systemtests.pm2;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.github.gracefulboot.systemtests.process.Program;
import org.awaitility.Awaitility;
import tools.jackson.databind.json.JsonMapper;

/**
 * A daemon of PM2 with a home of its own, and a small application in it that must not
 * notice what happens to the others.
 */
public final class Pm2 implements AutoCloseable {

	private static final String NEIGHBOUR = "neighbour";

	private static final Path NEIGHBOUR_SCRIPT = Path.of("pm2/neighbour.js").toAbsolutePath();

	private static final Pattern EXIT = Pattern
		.compile("App \\[(.+):(?:_old_)?\\d+] exited with code \\[(\\d+)] via signal \\[(\\w+)]");

	private static final Pattern KILLED = Pattern.compile("Process with pid (\\d+) still alive after \\d+ms");

	/**
	 * Longer than two instances take that start in turn.
	 */
	private static final Duration COMMAND_TIMEOUT = Duration.ofMinutes(4);

	private static final Duration GONE_TIMEOUT = Duration.ofSeconds(10);

	private final Path home;

	private final ProcessHandle daemon;

	private Pm2Process neighbour;

	private List<ProcessHandle> orphans;

	private Pm2(Path directory) {
		this.home = directory.toAbsolutePath().resolve("home");
		run(Map.of(), "ping");
		this.daemon = ProcessHandle.of(Long.parseLong(read(this.home.resolve("pm2.pid")).strip())).orElseThrow();
	}

	/**
	 * Starts a daemon.
	 * @param directory where its files go
	 */
	public static Pm2 start(Path directory) {
		Program.NODE.path();
		Pm2 pm2 = new Pm2(directory);
		try {
			pm2.run(Map.of(), "start", NEIGHBOUR_SCRIPT.toString(), "--name", NEIGHBOUR, "--wait-ready");
			pm2.neighbour = pm2.process(NEIGHBOUR);
			return pm2;
		}
		catch (RuntimeException ex) {
			pm2.close();
			throw ex;
		}
	}

	/**
	 * Starts an application, and returns when PM2 says that it is started.
	 */
	public void start(Pm2App app) {
		Path file = this.home.resolve(app.name() + ".config.json");
		try {
			Files.writeString(file, app.json());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		start(file, Map.of());
	}

	/**
	 * Starts what an ecosystem file describes, and returns when PM2 says that it is
	 * started.
	 * @param ecosystem the file
	 * @param environment variables that the file asks for
	 */
	public void start(Path ecosystem, Map<String, String> environment) {
		run(environment, "start", ecosystem.toAbsolutePath().toString());
	}

	/**
	 * Stops an application and returns how long that took.
	 */
	public Duration stop(String name) {
		long begin = System.nanoTime();
		run(Map.of(), "stop", name);
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	/**
	 * Reloads all instances of an application, and returns when that is done.
	 */
	public void reload(String name) {
		run(Map.of(), "reload", name);
	}

	/**
	 * Starts more instances of an application, or stops some, and returns when that is
	 * done.
	 */
	public void scale(String name, int instances) {
		run(Map.of(), "scale", name, String.valueOf(instances));
	}

	/**
	 * Lets an application do something, and returns what it says of that.
	 */
	public String trigger(String name, String action) {
		return run(Map.of(), "trigger", name, action);
	}

	/**
	 * What PM2 shows of an application.
	 */
	public String show(String name) {
		return run(Map.of(), "show", name);
	}

	/**
	 * The only instance of an application.
	 */
	public Pm2Process process(String name) {
		List<Pm2Process> processes = processes(name);
		if (processes.size() != 1) {
			throw new IllegalStateException("Not one process has the name %s: %s".formatted(name, processes));
		}
		return processes.get(0);
	}

	/**
	 * All instances of an application.
	 */
	public List<Pm2Process> processes(String name) {
		String json = run(Map.of(), "jlist");
		return StreamSupport.stream(JsonMapper.builder().build().readTree(json).spliterator(), false)
			.map(Pm2Process::of)
			.filter((process) -> process.name().equals(name))
			.toList();
	}

	/**
	 * How each process of an application ended, oldest first.
	 */
	public List<Pm2Exit> exits(String name) {
		return EXIT.matcher(log())
			.results()
			.filter((match) -> match.group(1).equals(name))
			.map((match) -> new Pm2Exit(Integer.parseInt(match.group(2)), match.group(3)))
			.toList();
	}

	/**
	 * The processes that PM2 lost its patience with.
	 */
	public List<Long> killed() {
		return KILLED.matcher(log()).results().map((match) -> Long.valueOf(match.group(1))).toList();
	}

	/**
	 * What PM2 itself says.
	 */
	public String log() {
		return read(this.home.resolve("pm2.log"));
	}

	/**
	 * What all instances of an application say.
	 */
	public String log(String name) {
		try (Stream<Path> files = Files.list(this.home.resolve("logs"))) {
			return files.filter((file) -> file.getFileName().toString().matches(name + "-(out|error)(-\\d+)?\\.log"))
				.sorted()
				.map(Pm2::read)
				.collect(Collectors.joining());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public void awaitLog(String name, String text) {
		Awaitility.await("'%s' in the log of %s".formatted(text, name)).until(() -> log(name).contains(text));
	}

	private String run(Map<String, String> environment, String... args) {
		List<String> command = Stream.concat(Stream.of(Program.PM2.path()), Stream.of(args)).toList();
		ProcessBuilder builder = new ProcessBuilder(command);
		builder.environment().put("PM2_HOME", this.home.toString());
		builder.environment().putAll(environment);
		try {
			Files.createDirectories(this.home);
			Path output = Files.createTempFile(this.home, "cli-", ".out");
			Process process = builder.redirectOutput(output.toFile())
				.redirectError(ProcessBuilder.Redirect.appendTo(this.home.resolve("cli.log").toFile()))
				.start();
			boolean ended = process.waitFor(COMMAND_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
			if (!ended || process.exitValue() != 0) {
				process.destroyForcibly();
				throw new IllegalStateException("%s %s: %s".formatted(command,
						ended ? "exited with " + process.exitValue() : "hangs", read(output)));
			}
			return read(output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while %s runs".formatted(command), ex);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Kills the daemon, which nobody can ask anything afterwards. What it started goes
	 * on.
	 */
	public void killDaemon() {
		this.orphans = this.daemon.descendants().toList();
		this.daemon.destroyForcibly();
		Awaitility.await("%s is gone".formatted(this.home)).atMost(GONE_TIMEOUT).until(() -> !isRunning(this.daemon));
	}

	/**
	 * Ends the daemon and all that it started, and fails if the neighbour was disturbed
	 * or anything is left.
	 */
	@Override
	public void close() {
		if (this.orphans != null) {
			this.orphans.forEach(ProcessHandle::destroyForcibly);
			return;
		}
		List<ProcessHandle> started = this.daemon.descendants().toList();
		try {
			List<Pm2Process> neighbours = processes(NEIGHBOUR);
			run(Map.of(), "kill");
			Awaitility.await("%s and what it started are gone".formatted(this.home))
				.atMost(GONE_TIMEOUT)
				.until(() -> !isRunning(this.daemon) && started.stream().noneMatch(Pm2::isRunning));
			if (this.neighbour != null && !neighbours.equals(List.of(this.neighbour))) {
				throw new AssertionError(
						"The neighbour was disturbed: %s became %s".formatted(this.neighbour, neighbours));
			}
		}
		finally {
			this.daemon.destroyForcibly();
			started.forEach(ProcessHandle::destroyForcibly);
		}
	}

	/**
	 * Whether it runs, and is no zombie that nobody asked for its exit code.
	 */
	public static boolean isRunning(ProcessHandle process) {
		return process.isAlive() && process.info().command().isPresent();
	}

}
