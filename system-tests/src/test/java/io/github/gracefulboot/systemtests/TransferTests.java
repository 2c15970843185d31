package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.OnServers;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.process.Exit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Large transfers that began before the signal are complete after it.
 */
class TransferTests {

	private static final int MEBIBYTE = Upload.MEBIBYTE;

	private static final int SIZE = Upload.SIZE;

	private static final int BEFORE_THE_SIGNAL = 50;

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private static final Path DIRECTORY = TestDirectory.create("transfers");

	@OnServers({ SampleJar.GRACEFUL, SampleJar.JETTY })
	void whenDownloadIsUnderWayThenItIsComplete(SampleJar jar) throws Exception {
		try (AppProcess process = App.of(jar, DIRECTORY).startReady(); Socket socket = connect(process)) {
			send(socket, "GET /download?mb=%d HTTP/1.0\r\nHost: localhost\r\n\r\n".formatted(SIZE));
			InputStream in = socket.getInputStream();
			assertThat(readHeaders(in)).startsWith("HTTP/1.1 200");
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			digest.update(in.readNBytes(BEFORE_THE_SIGNAL * MEBIBYTE));
			long signalled = signal(process);
			int bytes = copy(in, digest);
			assertThat(bytes).isEqualTo((SIZE - BEFORE_THE_SIGNAL) * MEBIBYTE);
			assertThat(HexFormat.of().formatHex(digest.digest())).isEqualTo(Upload.DIGEST);
			assertExit("download", jar, process.awaitExit(signalled));
		}
	}

	@OnServers({ SampleJar.JETTY, SampleJar.GRACEFUL })
	void whenUploadIsUnderWayThenItIsComplete(SampleJar jar) throws Exception {
		try (AppProcess process = App.of(jar, DIRECTORY).startReady(); Upload upload = Upload.begin(process)) {
			long signalled = signal(process);
			assertThat(upload.finish()).startsWith("HTTP/1.1 200")
				.containsIgnoringCase("Connection: close")
				.endsWith(Upload.DIGEST);
			assertExit("upload", jar, process.awaitExit(signalled));
		}
	}

	private Socket connect(AppProcess process) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), process.port());
		socket.setSoTimeout((int) TIMEOUT.toMillis());
		return socket;
	}

	private void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
	}

	private long signal(AppProcess process) {
		long signalled = System.nanoTime();
		process.signal("TERM");
		process.awaitLog("Draining web server (");
		return signalled;
	}

	private String readHeaders(InputStream in) throws IOException {
		StringBuilder headers = new StringBuilder();
		while (headers.indexOf("\r\n\r\n") < 0) {
			int b = in.read();
			assertThat(b).as("end of %s", headers).isNotNegative();
			headers.append((char) b);
		}
		return headers.toString();
	}

	private int copy(InputStream in, MessageDigest digest) throws IOException {
		byte[] buffer = new byte[MEBIBYTE];
		int total = 0;
		int read = in.read(buffer);
		while (read != -1) {
			digest.update(buffer, 0, read);
			total += read;
			read = in.read(buffer);
		}
		return total;
	}

	private void assertExit(String what, SampleJar jar, Exit exit) {
		System.out.printf("TRANSFER %s of %d MiB, %s: exit code %d, %d ms after the signal%n", what, SIZE, jar,
				exit.code(), exit.took().toMillis());
		assertThat(exit.code()).isZero();
	}

}
