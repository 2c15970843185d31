package io.github.gracefulboot;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.StageResult;
import io.github.gracefulboot.shutdown.Timeline;
import io.github.gracefulboot.traffic.Traffic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The context of a {@code @SpringBootTest} waits for nobody when it is closed, though
 * clients are connected and probe.
 */
class TestContextCloseTests {

	/**
	 * Closes its connections when it is not used any more and garbage is collected.
	 */
	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void whenTestClosesItsContextThenNothingIsWaitedFor() throws Exception {
		TestContext test = new TestContextManager(Example.class).getTestContext();
		WebServerApplicationContext context = (WebServerApplicationContext) test.getApplicationContext();
		ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
		Traffic traffic = context.getBean(Traffic.class);
		// On a busy machine three of its short periods may be over before it is looked at
		Awaitility.await().pollDelay(Duration.ZERO).until(() -> {
			probe(context.getWebServer().getPort());
			return !traffic.activeProbers().isEmpty();
		});
		assertThat(traffic.openConnections()).isNotEmpty();
		test.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
		assertThat(shutdown.getTimeline().entries()).filteredOn((entry) -> entry.stage() == Stage.LAME_DUCK)
			.extracting(Timeline.Entry::end)
			.singleElement()
			.extracting((end) -> end.how().result())
			.isEqualTo(StageResult.SKIPPED);
		assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName).doesNotContain("graceful-native");
		System.out.println("Closing the context of a test: " + shutdown.getTimeline());
	}

	private void probe(int port) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/health"))
			.build();
		for (int i = 0; i < 3; i++) {
			this.client.send(request, BodyHandlers.discarding());
		}
	}

	/**
	 * A test as users write them.
	 */
	@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, classes = Application.class)
	static class Example {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
