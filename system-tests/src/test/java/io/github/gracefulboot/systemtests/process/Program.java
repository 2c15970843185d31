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
	NGINX("nginx"),

	/**
	 * Perl, which has the sockets that Java lacks.
	 */
	PERL("perl"),

	/**
	 * The s6 supervision suite.
	 */
	S6("s6-supervise", "apt-get install s6"),

	/**
	 * The systemd system and service manager.
	 */
	SYSTEMD("systemd", "apt-get install systemd");

	private final String name;

	private final String advice;

	Program(String name) {
		this(name, "apt-get install " + name);
	}

	Program(String name, String advice) {
		this.name = name;
		this.advice = advice;
	}

	public String path() {
		return find().map(Path::toString)
			.orElseGet(() -> unusable("%s is not installed: %s".formatted(this.name, this.advice)));
	}

	private Optional<Path> find() {
		Stream<String> path = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator));
		return Stream.concat(path, Stream.of("/usr/sbin", "/usr/local/sbin", "/usr/lib/systemd"))
			.map((directory) -> Path.of(directory, this.name))
			.filter(Files::isExecutable)
			.findFirst();
	}

	/**
	 * Treats the program as missing although it is installed, because it can not be used
	 * here.
	 */
	public <T> T unusable(String advice) {
		if ("required".equals(System.getProperty("graceful.system-tests"))) {
			throw new AssertionError(advice);
		}
		return Assumptions.abort(advice);
	}

}
