package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.front.FrontType;
import io.github.gracefulboot.systemtests.load.Mix;
import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.http.FailureKind;
import io.github.gracefulboot.test.load.Failure;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.FreePorts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of the measuring instrument: it loses nothing itself and tells failures apart.
 */
class LoadClientTests {

	private static final int REQUESTS = 4000;

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = { "APACHE", "CADDY", "HAPROXY_DEFAULTS" })
	void whenNothingRestartsThenNothingIsLost(FrontType type) {
		Path directory = TestDirectory.create("load-" + type);
		try (AppProcess app = App.of(SampleJar.PLAIN_BOOT, directory).startReady();
				RunningBalancer front = type.start(List.of(app.port()), directory)) {
			front.awaitUp(app.port());
			LoadReport report = LoadClient.run(Mix.mixed().withPath("/fast").withMaxRequests(REQUESTS), front.port());
			System.out.println(type + " without restarts: " + report);
			assertThat(report.failed()).as(report::describeFailures).isZero();
			assertThat(report.total()).isEqualTo(REQUESTS);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			''                                                   | RESET_NEW
			HTTP/1.1 200 OK~Content-Length: 2~~ok                | RESET_REUSED
			HTTP/1.1 200 OK~Content-Length: 20~~ok               | TRUNCATED
			HTTP/1.1 200 OK~Transfer-Encoding: chunked~~2~ok~    | TRUNCATED
			HTTP/1.1 200 O                                       | TRUNCATED
			HTTP/1.1 503 Away~Connection: close~Content-Length: 0~~ | STATUS
			""")
	void whenServerMisbehavesThenFailureIsToldApart(String answer, FailureKind kind) throws IOException {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			CompletableFuture.runAsync(() -> answerOnceAndClose(server, answer.replace("~", "\r\n")));
			Load load = Load.of("POST", "/", true, 1).withMaxRequests((kind == FailureKind.RESET_REUSED) ? 2 : 1);
			LoadReport report = LoadClient.run(load, server.getLocalPort());
			assertThat(report.failures()).extracting(Failure::kind).containsExactly(kind);
		}
	}

	@Test
	void whenServerClosesProperlyThenConnectionIsNotReused() throws IOException {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			CompletableFuture.runAsync(() -> {
				for (int i = 0; i < 3; i++) {
					answerOnceAndClose(server, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
				}
			});
			LoadReport report = LoadClient.run(Load.of("GET", "/", true, 1).withMaxRequests(3), server.getLocalPort());
			assertThat(report.failures()).isEmpty();
			assertThat(report.ok()).isEqualTo(3);
		}
	}

	private void answerOnceAndClose(ServerSocket server, String answer) {
		try (Socket socket = server.accept()) {
			byte[] request = new byte[4096];
			assertThat(socket.getInputStream().read(request)).isPositive();
			socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Test
	void whenNobodyListensThenRefused() {
		LoadReport report = LoadClient.run(Load.of("GET", "/", true, 1).withMaxRequests(3), FreePorts.next());
		assertThat(report.failures()).hasSize(3).extracting(Failure::kind).containsOnly(FailureKind.REFUSED);
	}

}
