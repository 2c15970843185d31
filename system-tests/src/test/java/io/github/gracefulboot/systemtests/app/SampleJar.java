package io.github.gracefulboot.systemtests.app;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The packaged applications: the sample, what is made of it to test with, and others.
 */
public enum SampleJar {

	/**
	 * The sample as people copy it.
	 */
	SAMPLE("graceful.system-tests.sample-jar"),

	/**
	 * The same, processed ahead of time.
	 */
	AOT("graceful.system-tests.aot-jar"),

	/**
	 * The sample with faults and delays.
	 */
	GRACEFUL("graceful.system-tests.graceful-jar"),

	/**
	 * The same on Jetty.
	 */
	JETTY("graceful.system-tests.jetty-jar"),

	/**
	 * What people have in their services, with the starter.
	 */
	FIELD("graceful.system-tests.field-jar"),

	/**
	 * The same without the starter.
	 */
	PLAIN_FIELD("graceful.system-tests.plain-field-jar"),

	/**
	 * With the starter, as a reactive application on Reactor Netty.
	 */
	NETTY("graceful.system-tests.netty-jar"),

	/**
	 * The sample with faults and delays, without the starter.
	 */
	PLAIN_BOOT("graceful.system-tests.plain-boot-jar"),

	/**
	 * An application with a gRPC server, with the starter.
	 */
	GRPC("graceful.system-tests.grpc-jar"),

	/**
	 * An application that takes messages, with the starter.
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
