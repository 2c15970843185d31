package io.github.gracefulboot.sample;

import java.io.IOException;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the manifests for Kubernetes fit to the application. They are not run on a
 * cluster here.
 */
@SpringBootTest
@AutoConfigureMockMvc
class KubernetesManifestTests {

	private static final String POD = "spec.template.spec.";

	private static final String CONTAINER = POD + "containers[0].";

	@Autowired
	private MockMvcTester mvc;

	@Test
	void whenPodIsStoppedThenApplicationExitsBeforeItIsKilled() throws IOException {
		PropertySource<?> deployment = deployment();
		assertThat(deployment.getProperty(CONTAINER + "env[0].name")).hasToString("GRACEFUL_SHUTDOWN_TIMEOUT");
		Duration timeout = DurationStyle.detectAndParse(text(deployment, CONTAINER + "env[0].value"));
		Duration gracePeriod = Duration
			.ofSeconds(Long.parseLong(text(deployment, POD + "terminationGracePeriodSeconds")));
		assertThat(gracePeriod).isGreaterThanOrEqualTo(timeout.plusSeconds(5));
	}

	@ParameterizedTest
	@ValueSource(strings = { "startupProbe", "readinessProbe", "livenessProbe" })
	void whenProbeIsAskedThenApplicationKnowsItsPath(String probe) throws IOException {
		assertThat(this.mvc.get().uri(text(deployment(), CONTAINER + probe + ".httpGet.path"))).hasStatusOk();
	}

	private String text(PropertySource<?> manifest, String name) {
		return String.valueOf(manifest.getProperty(name));
	}

	private PropertySource<?> deployment() throws IOException {
		return new YamlPropertySourceLoader()
			.load("manifests", new FileSystemResource("deploy/kubernetes/sample-app.yaml"))
			.stream()
			.filter((manifest) -> "Deployment".equals(manifest.getProperty("kind")))
			.findFirst()
			.orElseThrow();
	}

}
