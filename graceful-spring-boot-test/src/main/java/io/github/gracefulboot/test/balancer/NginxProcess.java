package io.github.gracefulboot.test.balancer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.github.gracefulboot.test.balancer.Balancer.Backends;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.process.Await;
import io.github.gracefulboot.test.process.ChildProcess;
import io.github.gracefulboot.test.process.FreePorts;
import io.github.gracefulboot.test.process.Program;

/**
 * A real nginx as most people run it: connections to the instances are kept and
 * everything about failures is left at its default. It asks nobody for readiness, and it
 * has no list of who is up: its access log says whom a request reached.
 */
final class NginxProcess implements RunningBalancer {

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

	private static final Program NGINX = new Program("nginx", "apt-get install nginx-light");

	private final int port = FreePorts.next();

	private final Path accessLog;

	private final ChildProcess process;

	NginxProcess(Nginx nginx, Backends backends) {
		String servers = backends.ports()
			.stream()
			.map((port) -> "    server 127.0.0.1:%d fail_timeout=%ds;".formatted(port, nginx.failTimeout().toSeconds()))
			.collect(Collectors.joining("\n"));
		Path home = backends.directory().toAbsolutePath();
		this.accessLog = home.resolve("access.log");
		Path configuration = home.resolve("nginx.conf");
		try {
			Files.writeString(configuration, CONFIGURATION.formatted(servers, this.port));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.process = ChildProcess.start(
				List.of(NGINX.path(), "-p", home.toString(), "-c", configuration.toString(), "-e", "error.log"),
				home.resolve("nginx.log"));
	}

	@Override
	public int port() {
		return this.port;
	}

	@Override
	public void awaitUp(int instance) {
		long asked = size(this.accessLog);
		Await.until("nginx to reach port %d".formatted(instance), UP_TIMEOUT,
				() -> this.process.requireAlive("nginx") && isReached(instance, asked));
	}

	/**
	 * Asks for what any application answers somehow. A request for readiness would make
	 * nginx look like a balancer that probes.
	 */
	private boolean isReached(int instance, long asked) {
		try {
			HttpConnection.get(this.port, "/", Duration.ofSeconds(5));
			return logSince(asked).lines().anyMatch((line) -> answeredBy(instance).matcher(line).find());
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static Pattern answeredBy(int instance) {
		return Pattern.compile("upstream=(\\S+, )*127\\.0\\.0\\.1:%d status=(\\S+, )*(?!502)\\d+ ".formatted(instance));
	}

	private static long size(Path file) {
		try {
			return Files.exists(file) ? Files.size(file) : 0;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String logSince(long position) throws IOException {
		try (SeekableByteChannel log = Files.newByteChannel(this.accessLog)) {
			log.position(position);
			return new String(Channels.newInputStream(log).readAllBytes(), StandardCharsets.ISO_8859_1);
		}
	}

	@Override
	public void close() {
		this.process.close();
	}

}
