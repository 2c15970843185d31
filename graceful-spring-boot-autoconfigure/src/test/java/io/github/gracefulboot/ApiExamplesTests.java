package io.github.gracefulboot;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the {@link ApiExamples}, and tests that {@code docs/api.md} shows them as they
 * are.
 */
@ExtendWith(OutputCaptureExtension.class)
class ApiExamplesTests {

	private static final Path PAGE = Path.of("..", "docs", "api.md");

	private static final Path EXAMPLES = Path.of("src", "test", "java",
			ApiExamples.class.getName().replace('.', '/') + ".java");

	@Test
	void eachExampleDoesWhatThePageSays(CapturedOutput output) throws IOException {
		try (ServerSocket licenceServer = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
				DeployScriptListener script = new DeployScriptListener()) {
			List<String> calls;
			ShutdownSequence shutdown;
			ApiExamples.Edge edge;
			try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
				.web(WebApplicationType.NONE)
				.properties("licence.host=127.0.0.1", "licence.port=" + licenceServer.getLocalPort(),
						"deploy.socket=127.0.0.1:" + script.port(), "graceful.shutdown.exit-codes=false")
				.run()) {
				calls = context.getBean(ApiExamples.class).calls();
				assertThat(calls).containsExactly("EUR");
				Awaitility.await().untilAsserted(() -> assertThat(script.heard).containsExactly("ready"));
				edge = context.getBean(ApiExamples.Edge.class);
				Awaitility.await().untilAsserted(() -> assertThat(edge.heard).containsExactly("enable orders-1"));
				assertThat(context.getBean(GracefulShutdown.class).getStage()).isEqualTo(Stage.RUNNING);
				assertThat(context.getBean(StreamFarewell.class).lastEvent("GET", "/events"))
					.isEqualTo(new LastEvent("restart", "back soon", Duration.ofSeconds(2)));
				List<String> imported = new ArrayList<>();
				context.getBean(ApiExamples.Importer.class).importAll(List.of("one"), imported::add);
				assertThat(imported).containsExactly("one");
				shutdown = context.getBean(ShutdownSequence.class);
				shutdown.start(StopReason.SIGTERM);
			}
			assertThat(shutdown.finish().isClean()).isTrue();
			assertThat(calls.subList(1, calls.size())).containsExactly("leaving within 29 s",
					"draining because of SIGTERM", "outbox empty on graceful-drain-mailOutbox");
			assertThat(script.heard).containsExactly("ready", "stopping");
			assertThat(edge.heard).containsExactly("enable orders-1", "disable orders-1");
		}
		assertThat(output).contains("drain mailOutbox")
			.containsPattern("drain .*UploadQueue")
			.containsPattern("EdgePool sends no more requests")
			.contains("Shutdown completed in");
	}

	@Test
	void thePageShowsTheExamplesAsTheyAre() throws IOException {
		String examples = Files.readString(EXAMPLES);
		List<String> tagged = Pattern.compile("// tag::([\\w-]+)\\[]\\R(.*?)\\R\\s*// end::\\1\\[]", Pattern.DOTALL)
			.matcher(examples)
			.results()
			.map((example) -> example.group(2).stripIndent().strip().replace("\t", "    "))
			.toList();
		List<String> shown = Pattern.compile("```java\\R(.*?)\\R```", Pattern.DOTALL)
			.matcher(Files.readString(PAGE))
			.results()
			.map((MatchResult block) -> block.group(1))
			.toList();
		assertThat(tagged).isNotEmpty();
		assertThat(shown).containsExactlyInAnyOrderElementsOf(tagged);
	}

	@EnableAutoConfiguration
	@Import({ ApiExamples.class, ApiExamples.Importer.class, ApiExamples.UploadQueue.class,
			ApiExamples.EdgePool.class })
	static class Application {

	}

	/**
	 * Plays the script that the supervisor speaks to.
	 */
	private static final class DeployScriptListener implements AutoCloseable {

		private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

		private final List<String> heard = new CopyOnWriteArrayList<>();

		private DeployScriptListener() throws IOException {
			Background.run(this::listen);
		}

		private int port() {
			return this.server.getLocalPort();
		}

		private void listen() {
			while (!this.server.isClosed()) {
				try (Socket socket = this.server.accept();
						BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream()))) {
					this.heard.add(reader.readLine());
				}
				catch (IOException ex) {
					// Closed
				}
			}
		}

		@Override
		public void close() throws IOException {
			this.server.close();
		}

	}

}
