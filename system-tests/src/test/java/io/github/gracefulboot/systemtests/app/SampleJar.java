package io.github.gracefulboot.systemtests.app;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The packaged sample: the same code with and without the starter.
 */
public enum SampleJar {

	/**
	 * With the starter.
	 */
	GRACEFUL("graceful.system-tests.graceful-jar"),

	/**
	 * With the starter, on Jetty.
	 */
	JETTY("graceful.system-tests.jetty-jar"),

	/**
	 * With the starter, as a reactive application on Reactor Netty.
	 */
	NETTY("graceful.system-tests.netty-jar"),

	/**
	 * Spring Boot and nothing else.
	 */
	PLAIN_BOOT("graceful.system-tests.plain-boot-jar"),

	/**
	 * The sample with a gRPC server, with the starter.
	 */
	GRPC("graceful.system-tests.grpc-jar"),

	/**
	 * The sample that takes messages, with the starter.
	 */
	MESSAGING("graceful.system-tests.messaging-jar");

	private final String property;

	SampleJar(String property) {
		this.property = property;
	}

	public Path path() {
		Path path = Path.of(System.getProperty(this.property, this.property + " is not set"));
		if (!Files.isRegularFile(path)) {
			throw new IllegalStateException("%s is missing: run ./mvnw verify for the whole project".formatted(path));
		}
		return path;
	}

}
