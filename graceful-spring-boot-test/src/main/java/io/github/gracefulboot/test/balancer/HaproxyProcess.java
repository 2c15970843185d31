package io.github.gracefulboot.test.balancer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

import io.github.gracefulboot.test.balancer.Balancer.Backends;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.process.Await;
import io.github.gracefulboot.test.process.ChildProcess;
import io.github.gracefulboot.test.process.FreePorts;
import io.github.gracefulboot.test.process.Program;

/**
 * A real HAProxy that checks readiness and repeats nothing. Its checks may take 5 s
 * instead of 500 ms: an answer that is late only because the machine is busy must not
 * take both instances away.
 */
final class HaproxyProcess implements RunningBalancer {

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
			  %s
			  default-server check %s
			%s
			""";

	private static final Program HAPROXY = new Program("haproxy", "apt-get install haproxy");

	private final int port = FreePorts.next();

	private final int statisticsPort = FreePorts.next();

	private final ChildProcess process;

	HaproxyProcess(Haproxy haproxy, Backends backends) {
		String servers = backends.ports()
			.stream()
			.map((port) -> "  server %s 127.0.0.1:%d".formatted(serverName(port), port))
			.collect(Collectors.joining("\n"));
		String global = (haproxy.runtimeApi() != null)
				? "global%n  stats socket %s mode 600 level admin%n".formatted(haproxy.runtimeApi()) : "";
		Path configuration = backends.directory().resolve("haproxy.cfg");
		try {
			Files.writeString(configuration,
					CONFIGURATION.formatted(global, this.port, this.statisticsPort,
							(backends.readinessPath() != null) ? "option httpchk GET " + backends.readinessPath() : "",
							haproxy.checks(), servers));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.process = ChildProcess.start(List.of(HAPROXY.path(), "-db", "-f", configuration.toString()),
				backends.directory().resolve("haproxy.log"));
	}

	private static String serverName(int port) {
		return "instance-" + port;
	}

	@Override
	public int port() {
		return this.port;
	}

	@Override
	public void awaitUp(int instance) {
		Await.until("HAProxy to see port %d".formatted(instance), UP_TIMEOUT,
				() -> this.process.requireAlive("HAProxy") && isUp(instance));
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
