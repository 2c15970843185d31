package io.github.gracefulboot.systemtests.broker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.systemtests.process.Program;
import io.github.gracefulboot.test.process.ChildProcess;
import io.github.gracefulboot.test.process.FreePorts;
import org.awaitility.Awaitility;

/**
 * A Redis that keeps nothing on disk and listens on loopback only. Its messages are a
 * stream.
 */
public final class RedisBroker implements Broker {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

	private final int port = FreePorts.next();

	private final ChildProcess server;

	public RedisBroker(Path directory) {
		Path log = directory.resolve("redis.log");
		this.server = ChildProcess.start(List.of(Program.REDIS.path(), "--port", String.valueOf(this.port), "--bind",
				"127.0.0.1", "--save", "", "--appendonly", "no"), log);
		Awaitility.await("Redis, see " + log)
			.atMost(START_TIMEOUT)
			.failFast("Redis ended", () -> !this.server.isAlive())
			.until(() -> this.server.log().contains("eady to accept connections"));
	}

	@Override
	public Map<String, String> environment() {
		return Map.of("SPRING_DATA_REDIS_PORT", String.valueOf(this.port));
	}

	@Override
	public void send(Collection<String> messages) {
		command(messages.stream().map((message) -> "XADD messages * message " + message).toList());
	}

	/**
	 * Tells those who listen to a channel.
	 */
	public void publish(String channel, String message) {
		command(List.of("PUBLISH " + channel + " " + message));
	}

	/**
	 * Commands in one line are answered by a line, or by two if a text is the answer.
	 */
	private void command(List<String> commands) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port);
				PrintWriter out = new PrintWriter(socket.getOutputStream(), false, StandardCharsets.UTF_8);
				BufferedReader in = new BufferedReader(
						new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
			for (String command : commands) {
				out.print(command + "\r\n");
				out.flush();
				String answer = in.readLine();
				if (answer == null || answer.startsWith("-")) {
					throw new IllegalStateException("Redis answers %s with %s".formatted(command, answer));
				}
				if (answer.startsWith("$")) {
					in.readLine();
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.server.close();
	}

}
