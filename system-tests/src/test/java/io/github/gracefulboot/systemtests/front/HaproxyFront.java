package io.github.gracefulboot.systemtests.front;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.http.HttpConnection;
import io.github.gracefulboot.systemtests.http.HttpFailureException;
import io.github.gracefulboot.systemtests.process.ChildProcess;
import io.github.gracefulboot.systemtests.process.FreePorts;
import io.github.gracefulboot.systemtests.process.Program;
import org.awaitility.Awaitility;

/**
 * A real HAProxy that checks readiness and repeats nothing. Its checks may take 5 s
 * instead of 500 ms: an answer that is late only because the machine is busy must not
 * take both instances away.
 */
public final class HaproxyFront implements Front {

	private static final String CONFIGURATION = """
			%s
			defaults
			  mode http
			  timeout connect 5s
			  timeout client 60s
			  timeout server 60s
			  timeout check 5s
			  timeout http-request 60s
			  retries 0

			frontend clients
			  bind 127.0.0.1:%d
			  default_backend instances

			frontend statistics
			  bind 127.0.0.1:%d
			  stats enable
			  stats uri /

			backend instances
			  balance roundrobin
			  http-reuse safe
			  option httpchk GET /actuator/health/readiness
			  default-server check %s
			%s
			""";

	/**
	 * Each 500 ms, and the first answer is believed.
	 */
	static final String STRICT = "inter 500ms fall 1 rise 1";

	/**
	 * What HAProxy does unless told otherwise.
	 */
	static final String DEFAULTS = "inter 2s fall 3 rise 2";

	private final int port = FreePorts.next();

	private final int statisticsPort = FreePorts.next();

	private final ChildProcess process;

	HaproxyFront(List<Integer> backends, Path directory, String checks) {
		this(backends, directory, checks, "");
	}

	private HaproxyFront(List<Integer> backends, Path directory, String checks, String global) {
		String servers = backends.stream()
			.map((port) -> "  server %s 127.0.0.1:%d".formatted(serverName(port), port))
			.collect(Collectors.joining("\n"));
		Path configuration = directory.resolve("haproxy.cfg");
		try {
			Files.writeString(configuration,
					CONFIGURATION.formatted(global, this.port, this.statisticsPort, checks, servers));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.process = ChildProcess.start(List.of(Program.HAPROXY.path(), "-db", "-f", configuration.toString()),
				directory.resolve("haproxy.log"));
	}

	/**
	 * Starts HAProxy with its own checks and a runtime API.
	 * @param backends ports of the instances
	 * @param directory where its files go
	 * @param socket where its runtime API is
	 */
	public static HaproxyFront withRuntimeApi(List<Integer> backends, Path directory, Path socket) {
		return new HaproxyFront(backends, directory, DEFAULTS,
				"global%n  stats socket %s mode 600 level admin%n".formatted(socket));
	}

	private static String serverName(int port) {
		return "instance-" + port;
	}

	@Override
	public int port() {
		return this.port;
	}

	@Override
	public void awaitUp(AppProcess instance) {
		Awaitility.await("haproxy sees port %d".formatted(instance.port()))
			.atMost(UP_TIMEOUT)
			.failFast("haproxy ended early", () -> !this.process.isAlive())
			.until(() -> isUp(instance.port()));
	}

	private boolean isUp(int backend) {
		try {
			return HttpConnection.get(this.statisticsPort, "/;csv", Duration.ofSeconds(5))
				.text()
				.lines()
				.anyMatch((line) -> line.startsWith("instances,%s,".formatted(serverName(backend)))
						&& line.contains(",UP,"));
		}
		catch (HttpFailureException ex) {
			return false;
		}
	}

	@Override
	public void close() {
		this.process.close();
	}

}
