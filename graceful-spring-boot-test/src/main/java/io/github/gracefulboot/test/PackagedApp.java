package io.github.gracefulboot.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

import io.github.gracefulboot.test.process.Program;

/**
 * Finds the executable jar that a build of the current directory has made.
 */
final class PackagedApp {

	private static final List<String> DIRECTORIES = List.of("target", "build/libs");

	private PackagedApp() {
	}

	static Path find(Path project) {
		List<Path> jars = DIRECTORIES.stream()
			.map(project::resolve)
			.filter(Files::isDirectory)
			.flatMap(PackagedApp::jars)
			.filter(PackagedApp::isExecutable)
			.toList();
		if (jars.isEmpty()) {
			return Program.unusable(("%s has no executable jar in target or build/libs: package the application first "
					+ "(mvn package, gradle bootJar), or name the jar with Fleet.ofJar")
				.formatted(project.toAbsolutePath()));
		}
		if (jars.size() > 1) {
			throw new IllegalStateException(
					"There is more than one executable jar: name the one to test with Fleet.ofJar: %s".formatted(jars));
		}
		return jars.get(0);
	}

	private static Stream<Path> jars(Path directory) {
		try (Stream<Path> files = Files.list(directory)) {
			return files.filter((file) -> file.toString().endsWith(".jar")).sorted().toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Jars with sources, documentation or classes only have no main class.
	 */
	private static boolean isExecutable(Path jar) {
		try (JarFile file = new JarFile(jar.toFile())) {
			Manifest manifest = file.getManifest();
			return manifest != null && manifest.getMainAttributes().containsKey(Attributes.Name.MAIN_CLASS);
		}
		catch (IOException ex) {
			return false;
		}
	}

}
