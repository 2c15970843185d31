package io.github.gracefulboot.systemtests.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;

/**
 * Programs that tests need. A test whose program is not installed is skipped, or fails if
 * {@code graceful.system-tests} is {@code required}.
 */
public enum Program {

	/**
	 * The HAProxy load balancer.
	 */
	HAPROXY("haproxy"),

	/**
	 * The nginx web server.
	 */
	NGINX("nginx");

	private final String name;

	Program(String name) {
		this.name = name;
	}

	public String path() {
		return find().map(Path::toString).orElseGet(this::missing);
	}

	private Optional<Path> find() {
		Stream<String> path = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
		return Stream.concat(path, Stream.of("/usr/sbin", "/usr/local/sbin"))
			.map((directory) -> Path.of(directory, this.name))
			.filter(Files::isExecutable)
			.findFirst();
	}

	private String missing() {
		String advice = "%s is not installed: apt-get install %s".formatted(this.name, this.name);
		if ("required".equals(System.getProperty("graceful.system-tests"))) {
			throw new AssertionError(advice);
		}
		return Assumptions.abort(advice);
	}

}
