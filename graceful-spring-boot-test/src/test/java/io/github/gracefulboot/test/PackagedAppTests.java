package io.github.gracefulboot.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of {@link PackagedApp}.
 */
class PackagedAppTests {

	@TempDir
	private Path project;

	@ParameterizedTest
	@ValueSource(strings = { "target", "build/libs" })
	void whenThereIsOneExecutableJarThenItIsFound(String directory) throws IOException {
		Path app = jar(directory, "app-1.0.jar", "org.springframework.boot.loader.launch.JarLauncher");
		jar(directory, "app-1.0-plain.jar", null);
		jar(directory, "app-1.0-sources.jar", null);
		Files.writeString(this.project.resolve(directory).resolve("broken.jar"), "no jar");
		assertThat(PackagedApp.find(this.project)).isEqualTo(app);
	}

	@Test
	void whenThereIsNoneThenTheTestIsSkipped() throws IOException {
		jar("target", "library-1.0.jar", null);
		assertThatExceptionOfType(TestAbortedException.class).isThrownBy(() -> PackagedApp.find(this.project))
			.withMessageContaining("package the application first");
	}

	@Test
	void whenThereAreTwoThenOneHasToBeNamed() throws IOException {
		jar("target", "one.jar", "One");
		jar("build/libs", "two.jar", "Two");
		assertThatIllegalStateException().isThrownBy(() -> PackagedApp.find(this.project))
			.withMessageContaining("Fleet.ofJar")
			.withMessageContaining("one.jar")
			.withMessageContaining("two.jar");
	}

	private Path jar(String directory, String name, String mainClass) throws IOException {
		Path jar = Files.createDirectories(this.project.resolve(directory)).resolve(name);
		Manifest manifest = new Manifest();
		manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
		if (mainClass != null) {
			manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
		}
		new JarOutputStream(Files.newOutputStream(jar), manifest).close();
		return jar;
	}

}
