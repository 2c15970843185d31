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
 * A real nginx as most people run it: connections to the instances are kept, everything
 * about failures is left at its default, but for how long an instance is left alone that
 * refused a connection: ten seconds are nginx's default, fewer make the tests shorter. It
 * asks nobody for readiness.
 */
final class NginxFront implements Front {

	private static final String CONFIGURATION = """
			daemon off;
			master_process off;
			pid nginx.pid;
			error_log error.log info;
			events {
			  worker_connections 1024;
			}
			http {
			  log_format upstreams '$time_iso8601 $msec port=$remote_port $request_method $status '
			    'upstream=$upstream_addr status=$upstream_status time=$upstream_response_time';
			  access_log access.log upstreams;
			  client_body_temp_path client-body;
			  proxy_temp_path proxy;
			  fastcgi_temp_path fastcgi;
			  uwsgi_temp_path uwsgi;
			  scgi_temp_path scgi;
			  upstream instances {
			%s
			    keepalive 16;
			  }
			  server {
			    listen 127.0.0.1:%d;
			    location / {
			      proxy_pass http://instances;
			      proxy_http_version 1.1;
			      proxy_set_header Connection "";
			    }
			  }
			}
			""";

	private static final String FAIL_TIMEOUT = System.getProperty("graceful.system-tests.nginx-fail-timeout", "10s");

	private final int port = FreePorts.next();

	private final ChildProcess process;

	NginxFront(List<Integer> backends, Path directory) {
		String servers = backends.stream()
			.map((port) -> "    server 127.0.0.1:%d fail_timeout=%s;".formatted(port, FAIL_TIMEOUT))
			.collect(Collectors.joining("\n"));
		Path home = directory.toAbsolutePath();
		Path configuration = home.resolve("nginx.conf");
		try {
			Files.writeString(configuration, CONFIGURATION.formatted(servers, this.port));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.process = ChildProcess.start(
				List.of(Program.NGINX.path(), "-p", home.toString(), "-c", configuration.toString(), "-e", "error.log"),
				home.resolve("nginx.log"));
	}

	@Override
	public int port() {
		return this.port;
	}

	@Override
	public void awaitUp(AppProcess instance) {
		Awaitility.await("nginx reaches %s".formatted(instance.instance()))
			.atMost(UP_TIMEOUT)
			.failFast("nginx ended early", () -> !this.process.isAlive())
			.until(() -> reaches(instance));
	}

	private boolean reaches(AppProcess instance) {
		try {
			return HttpConnection.get(this.port, "/fast", Duration.ofSeconds(5))
				.header("X-Instance")
				.equals(instance.instance());
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
