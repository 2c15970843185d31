package io.github.gracefulboot.test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonWriter;
import org.springframework.util.StringUtils;

/**
 * How the processes of an application are started, when they are ready, and how long a
 * start and a stop may take. A change makes a copy.
 */
final class Launch {

	static final String READINESS = "/actuator/health/readiness";

	private static final String PORT = "{port}";

	private static final int SHOWN = 120;

	private static final String LOOPBACK = "127.0.0.1";

	/**
	 * Finds the jar that java runs, or {@code null} if a command is run.
	 */
	private final @Nullable Supplier<Path> jar;

	private final List<String> command;

	final List<String> jvmOptions = new ArrayList<>();

	final List<String> args = new ArrayList<>();

	final Map<String, String> properties = new LinkedHashMap<>();

	final Map<String, String> environment = new LinkedHashMap<>();

	String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

	/**
	 * The path of its readiness probe, or {@code null} if it is ready once its port is
	 * open.
	 */
	@Nullable String readiness = READINESS;

	Duration startTimeout = Duration.ofMinutes(2);

	/**
	 * What Kubernetes waits.
	 */
	Duration killAfter = Duration.ofSeconds(30);

	private Launch(@Nullable Supplier<Path> jar, List<String> command) {
		this.jar = jar;
		this.command = List.copyOf(command);
	}

	/**
	 * Runs a jar that, unless told otherwise, nobody else than this machine can reach.
	 * @param jar finds the jar
	 * @return how it is started
	 */
	static Launch jar(Supplier<Path> jar) {
		return new Launch(jar, List.of()).with((launch) -> launch.properties.put("server.address", LOOPBACK));
	}

	static Launch command(List<String> command) {
		return new Launch(null, command).with((launch) -> launch.environment.put("SERVER_ADDRESS", LOOPBACK));
	}

	Launch with(Consumer<Launch> change) {
		Launch copy = new Launch(this.jar, this.command);
		copy.jvmOptions.addAll(this.jvmOptions);
		copy.args.addAll(this.args);
		copy.properties.putAll(this.properties);
		copy.environment.putAll(this.environment);
		copy.java = this.java;
		copy.readiness = this.readiness;
		copy.startTimeout = this.startTimeout;
		copy.killAfter = this.killAfter;
		change.accept(copy);
		return copy;
	}

	List<String> commandLine(int port) {
		List<String> line = new ArrayList<>(this.command);
		if (this.jar != null) {
			line.add(this.java);
			line.addAll(this.jvmOptions);
			line.addAll(List.of("-jar", this.jar.get().toString(), "--server.port=" + PORT));
			this.properties.forEach((name, value) -> line.add("--%s=%s".formatted(name, value)));
		}
		line.addAll(this.args);
		return line.stream().map((word) -> word.replace(PORT, String.valueOf(port))).toList();
	}

	/**
	 * Tells a program by the environment what a jar is told on its command line.
	 * @param port where it is to listen
	 * @param reports where it is to report its shutdown
	 * @return variables
	 */
	Map<String, String> environment(int port, Path reports) {
		Map<String, String> all = new LinkedHashMap<>();
		all.put("SERVER_PORT", String.valueOf(port));
		all.put("PORT", String.valueOf(port));
		all.put("GRACEFUL_SHUTDOWN_REPORT_DIRECTORY", reports.toString());
		if (this.jar == null && !this.properties.isEmpty()) {
			all.put("SPRING_APPLICATION_JSON",
					JsonWriter.<Map<String, String>>standard().writeToString(this.properties));
		}
		all.putAll(this.environment);
		return all;
	}

	@Override
	public String toString() {
		return (this.jar != null) ? String.valueOf(this.jar.get().getFileName())
				: StringUtils.truncate(String.join(" ", this.command), SHOWN);
	}

}
