package io.github.gracefulboot.systemtests.front;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.gracefulboot.test.balancer.Balancer;
import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.process.FreePorts;
import io.github.gracefulboot.test.process.Program;

/**
 * Apache httpd, which checks each 2 s.
 */
final class Apache implements Balancer {

	private static final Program APACHE = new Program("apache2", "apt-get install apache2-bin");

	private static final List<String> MODULES = List.of("mpm_event", "authz_core", "proxy", "proxy_http",
			"proxy_balancer", "lbmethod_byrequests", "slotmem_shm", "proxy_hcheck");

	private static final String CONFIGURATION = """
			ServerRoot %1$s
			ServerName localhost
			DefaultRuntimeDir %1$s
			PidFile %1$s/httpd.pid
			ErrorLog %1$s/httpd-error.log
			Listen 127.0.0.1:%2$d
			%3$s
			ProxyHCExpr ok {%%{REQUEST_STATUS} =~ /^2/}
			<Proxy balancer://instances>
			%4$s
			</Proxy>
			ProxyPass / balancer://instances/
			""";

	@Override
	public RunningBalancer start(Backends backends) {
		int port = FreePorts.next();
		Path home = backends.directory().toAbsolutePath();
		String modules = lines(MODULES.stream()
			.map((module) -> "LoadModule %1$s_module /usr/lib/apache2/modules/mod_%1$s.so".formatted(module)));
		String members = lines(backends.ports()
			.stream()
			.map((instance) -> "BalancerMember http://127.0.0.1:%d hcmethod=GET hcuri=%s hcinterval=2 hcexpr=ok"
				.formatted(instance, backends.readinessPath())));
		Path file = home.resolve("httpd.conf");
		return new ConfiguredBalancer(port, List.of(APACHE.path(), "-X", "-f", file.toString()), file,
				CONFIGURATION.formatted(home, port, modules, members));
	}

	private static String lines(Stream<String> lines) {
		return lines.collect(Collectors.joining("\n"));
	}

	@Override
	public Duration period() {
		return Duration.ofSeconds(2);
	}

	@Override
	public String toString() {
		return "Apache httpd (hcinterval=2)";
	}

}
