package io.github.gracefulboot.systemtests.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

import io.github.gracefulboot.test.process.Command;

/**
 * How a JVM finds an application: in its jar, or unpacked and with an archive of its
 * classes, which takes half of the CPU time of a start. An archive is made once, by the
 * first test that needs it, and serves all processes of a build.
 *
 * @param packaged the packaged application
 * @param options options of its JVM
 * @param jar what java is told to run
 */
record Launch(Path packaged, List<String> options, Path jar) {

	private static final boolean ARCHIVES = Boolean
		.parseBoolean(System.getProperty("graceful.system-tests.archives", "true"));

	private static final Path ROOT = Path
		.of(System.getProperty("graceful.system-tests.directory", "target/system-tests"), "archives");

	/**
	 * From here on a JVM makes and takes an archive that also holds linked classes.
	 */
	private static final int AOT_CACHE = 25;

	private static final Map<SampleJar, Launch> archived = new ConcurrentHashMap<>();

	/**
	 * The sample that people copy is run as they run it, and what is started once costs
	 * less without an archive.
	 */
	static Launch of(SampleJar jar) {
		return (ARCHIVES && jar != SampleJar.SAMPLE && jar != SampleJar.AOT)
				? archived.computeIfAbsent(jar, Launch::archived) : packaged(jar.path());
	}

	static Launch packaged(Path jar) {
		return new Launch(jar, List.of(), jar);
	}

	private static Launch archived(SampleJar jar) {
		Path packaged = jar.path();
		try {
			int version = javaVersion();
			Path directory = ROOT.resolve("%s-%08x-%d".formatted(jar, checksum(packaged), version)).toAbsolutePath();
			Path unpacked = directory.resolve(packaged.getFileName());
			Path archive = directory.resolve("classes.archive");
			Files.createDirectories(ROOT);
			// Test classes run in several JVMs
			try (FileChannel channel = FileChannel.open(ROOT.resolve(jar + ".lock"), StandardOpenOption.CREATE,
					StandardOpenOption.WRITE); FileLock lock = channel.lock()) {
				if (!Files.exists(archive)) {
					Command.succeed(List.of(App.java(), "-Djarmode=tools", "-jar", packaged.toString(), "extract",
							"--force", "--destination", directory.toString()));
					create(archive, unpacked, (version < AOT_CACHE) ? "ArchiveClassesAtExit" : "AOTCacheOutput");
				}
			}
			String option = (version < AOT_CACHE) ? "SharedArchiveFile" : "AOTCache";
			return new Launch(packaged, List.of("-XX:%s=%s".formatted(option, archive)), unpacked);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Starts the application up to the refresh of its context, which fails where it needs
	 * what is not there, and archives the classes that were loaded until then.
	 */
	private static void create(Path archive, Path unpacked, String option) {
		List<String> command = Stream.of(List.of(App.java()), List.of(App.commonJvmOptions().split(" ")),
				List.of("-XX:%s=%s".formatted(option, archive), "-Dspring.context.exit=onRefresh", "-jar",
						unpacked.toString(), "--server.port=0", "--spring.grpc.server.port=0",
						"--graceful.startup.timeout=1s"))
			.flatMap(List::stream)
			.toList();
		Command start = Command.run(command);
		if (!Files.exists(archive)) {
			throw new IllegalStateException("%s made no archive: %s".formatted(command, start.output()));
		}
	}

	private static int javaVersion() throws IOException {
		Path home = Path.of(App.java()).toRealPath().getParent().getParent();
		return Files.readAllLines(home.resolve("release"))
			.stream()
			.filter((line) -> line.startsWith("JAVA_VERSION="))
			.map((line) -> Runtime.Version.parse(line.replaceAll("^[^\"]*\"|\"$", "")).feature())
			.findFirst()
			.orElseThrow();
	}

	private static long checksum(Path file) throws IOException {
		CRC32 checksum = new CRC32();
		try (InputStream in = new CheckedInputStream(Files.newInputStream(file), checksum)) {
			in.transferTo(OutputStream.nullOutputStream());
		}
		return checksum.getValue();
	}

}
