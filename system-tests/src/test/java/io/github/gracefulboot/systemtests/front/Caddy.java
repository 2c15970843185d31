package io.github.gracefulboot.systemtests.front;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

import io.github.gracefulboot.test.balancer.Balancer;
import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.process.FreePorts;
import io.github.gracefulboot.test.process.Program;

/**
 * Caddy, which checks each 2 s.
 */
final class Caddy implements Balancer {

	private static final Program CADDY = new Program("caddy", "apt-get install caddy");

	private static final String CONFIGURATION = """
			{
			  admin off
			  auto_https off
			}
			http://:%d {
			  bind 127.0.0.1
			  reverse_proxy %s {
			    health_uri %s
			    health_interval 2s
			  }
			}
			""";

	@Override
	public RunningBalancer start(Backends backends) {
		int port = FreePorts.next();
		Path file = backends.directory().resolve("Caddyfile");
		String upstreams = backends.ports().stream().map("127.0.0.1:%d"::formatted).collect(Collectors.joining(" "));
		return new ConfiguredBalancer(port,
				List.of(CADDY.path(), "run", "--adapter", "caddyfile", "--config", file.toString()), file,
				CONFIGURATION.formatted(port, upstreams, backends.readinessPath()));
	}

	@Override
	public Duration period() {
		return Duration.ofSeconds(2);
	}

	@Override
	public String toString() {
		return "Caddy (health_interval 2s)";
	}

}
