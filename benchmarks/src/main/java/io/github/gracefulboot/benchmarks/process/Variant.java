package io.github.gracefulboot.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is compared with plain Spring Boot. The control is the same once more: how far its
 * ratio is from 1 is what the machine adds by itself.
 */
enum Variant {

	PLAIN(false), CONTROL(false), WITH(true), DISABLED(true, "--graceful.enabled=false");

	private static final String SUFFIX = "-plain-boot.jar";

	private static final Path DIRECTORY = Path.of("system-tests", "apps", "sample", "target");

	private final boolean starter;

	private final List<String> args;

	Variant(boolean starter, String... args) {
		this.starter = starter;
		this.args = List.of(args);
	}

	/**
	 * Returns the command line.
	 * @param jvm options of the JVM
	 * @return the packaged sample, on a port that is free
	 * @throws IOException if it is not packaged
	 */
	List<String> command(List<String> jvm) throws IOException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvm);
		command.addAll(List.of("-jar", jar(), "--server.port=0", "--server.address=127.0.0.1"));
		command.addAll(this.args);
		return command;
	}

	private String jar() throws IOException {
		try (Stream<Path> files = Files.list(DIRECTORY)) {
			String plain = files.map(Path::toString)
				.filter((file) -> file.endsWith(SUFFIX))
				.findFirst()
				.orElseThrow(() -> new IOException("Nothing is packaged in " + DIRECTORY));
			return this.starter ? plain.replace(SUFFIX, ".jar") : plain;
		}
	}

	@Override
	public String toString() {
		return name().toLowerCase();
	}

}
