package io.github.gracefulboot.supervisor;

import java.nio.file.Path;

import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.posix.DatagramReceiver;
import io.github.gracefulboot.posix.SocketPair;
import io.github.gracefulboot.shutdown.KillTimeout;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A {@code @SpringBootTest} that runs under a supervisor, as on a build server, does not
 * speak for the process.
 */
@EnabledOnOs(OS.LINUX)
class TestContextTests {

	private static final String PREFIX = "graceful.test.";

	@Test
	void whenTestRunsUnderSupervisorsThenItTellsNobody(@TempDir Path directory) throws Exception {
		String socket = directory.resolve("notify").toString();
		Path file = directory.resolve("ready");
		try (SocketPair channel = new SocketPair(); DatagramReceiver receiver = new DatagramReceiver(socket)) {
			System.setProperty(PREFIX + "channel", String.valueOf(channel.descriptor()));
			System.setProperty(PREFIX + "socket", socket);
			System.setProperty(PREFIX + "file", file.toString());
			TestContext test = new TestContextManager(Example.class).getTestContext();
			ApplicationContext context = test.getApplicationContext();
			assertThat(context.getEnvironment().getProperty("NOTIFY_SOCKET")).isEqualTo(socket);
			assertThat(context.getBeansOfType(ShutdownSequence.class)).hasSize(1);
			assertThat(context.getBeansOfType(Supervisor.class)).isEmpty();
			assertThat(context.getBeansOfType(Supervisors.class)).isEmpty();
			assertThat(context.getBeansOfType(KillTimeout.class)).isEmpty();
			assertThat(file).doesNotExist();
			test.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
			assertThat(channel.received()).isEmpty();
			assertThat(receiver.received()).isEmpty();
		}
		finally {
			System.getProperties().keySet().removeIf((name) -> name.toString().startsWith(PREFIX));
		}
	}

	/**
	 * A test as users write them.
	 */
	@SpringBootTest(webEnvironment = WebEnvironment.NONE)
	@ContextConfiguration(classes = Application.class)
	static class Example {

		@DynamicPropertySource
		static void supervisors(DynamicPropertyRegistry registry) {
			registry.add("NODE_CHANNEL_FD", () -> System.getProperty(PREFIX + "channel"));
			registry.add("pm_id", () -> "0");
			registry.add("NOTIFY_SOCKET", () -> System.getProperty(PREFIX + "socket"));
			registry.add("graceful.supervisor.file.path", () -> System.getProperty(PREFIX + "file"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
