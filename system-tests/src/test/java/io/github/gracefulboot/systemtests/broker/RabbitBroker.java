package io.github.gracefulboot.systemtests.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.github.gracefulboot.systemtests.process.Program;
import io.github.gracefulboot.test.process.ChildProcess;
import io.github.gracefulboot.test.process.FreePorts;
import org.awaitility.Awaitility;

/**
 * A RabbitMQ node of its own, with its own port mapper, that listens on loopback only.
 */
final class RabbitBroker implements Broker {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(60);

	private final int port = FreePorts.next();

	private final ChildProcess portMapper;

	private final ChildProcess node;

	RabbitBroker(Path directory) {
		String server = Program.RABBITMQ.path();
		Path files = directory.resolve("rabbitmq").toAbsolutePath();
		int portMapperPort = FreePorts.next();
		try {
			Files.createDirectories(files);
			Files.writeString(files.resolve("rabbitmq.conf"), """
					listeners.tcp.1 = 127.0.0.1:%d
					distribution.listener.interface = 127.0.0.1
					""".formatted(this.port));
			Files.writeString(files.resolve("enabled_plugins"), "[].");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Map<String, String> mapper = Map.of("ERL_EPMD_PORT", String.valueOf(portMapperPort), "ERL_EPMD_ADDRESS",
				"127.0.0.1");
		// The node would start one that outlives it
		this.portMapper = ChildProcess.start(List.of(Program.EPMD.path()), mapper, files.resolve("epmd.log"));
		this.node = ChildProcess.start(List.of("env", "HOME=" + files, "RABBITMQ_NODENAME=system-tests@localhost",
				"RABBITMQ_MNESIA_BASE=" + files.resolve("mnesia"), "RABBITMQ_LOG_BASE=" + files.resolve("log"),
				"RABBITMQ_CONFIG_FILE=" + files.resolve("rabbitmq.conf"),
				"RABBITMQ_ENABLED_PLUGINS_FILE=" + files.resolve("enabled_plugins"),
				"RABBITMQ_DIST_PORT=" + FreePorts.next(), server), mapper, files.resolve("node.log"));
		Awaitility.await("RabbitMQ, see " + files)
			.atMost(START_TIMEOUT)
			.failFast("RabbitMQ ended", () -> !this.node.isAlive())
			.until(() -> this.node.log().contains("Starting broker... completed"));
	}

	@Override
	public Map<String, String> environment() {
		return Map.of("SPRING_RABBITMQ_ADDRESSES", "127.0.0.1:" + this.port);
	}

	@Override
	public void send(Collection<String> messages) {
		ConnectionFactory connections = new ConnectionFactory();
		connections.setHost("127.0.0.1");
		connections.setPort(this.port);
		try (Connection connection = connections.newConnection(); Channel channel = connection.createChannel()) {
			channel.queueDeclare("messages", true, false, false, null);
			channel.confirmSelect();
			for (String message : messages) {
				channel.basicPublish("", "messages", MessageProperties.PERSISTENT_TEXT_PLAIN,
						message.getBytes(StandardCharsets.UTF_8));
			}
			channel.waitForConfirmsOrDie(CONFIRM_TIMEOUT.toMillis());
		}
		catch (IOException | TimeoutException ex) {
			throw new IllegalStateException("RabbitMQ does not take messages", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while sending", ex);
		}
	}

	/**
	 * The script that was started has started the node.
	 */
	@Override
	public void close() {
		this.node.children().forEach(ProcessHandle::destroyForcibly);
		this.node.close();
		this.portMapper.close();
	}

}
