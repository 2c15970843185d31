package io.github.gracefulboot.systemtests;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.process.Program;
import io.github.gracefulboot.systemtests.systemd.NotifySocket;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Exit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample as {@code process-aot} has left it: its build knew of no supervisor, load
 * balancer or directory for reports.
 */
class AotTests {

	/**
	 * Stands in for PM2 and s6: what comes over their descriptors goes to a file each,
	 * while this program becomes the sample.
	 */
	private static final String SUPERVISE = """
			use IO::Select;
			use Socket;
			$^F = 255;
			$directory = shift;
			socketpair(my $channel, my $pm2, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die "socketpair: $!";
			pipe(my $s6, my $notification) or die "pipe: $!";
			if (!fork) {
				close $channel;
				close $notification;
				my %files = ($pm2 => "pm2", $s6 => "s6");
				my $open = IO::Select->new($pm2, $s6);
				while ($open->count) {
					for my $handle ($open->can_read) {
						if (sysread $handle, my $bytes, 4096) {
							open my $file, ">>", "$directory/$files{$handle}" or die "open: $!";
							syswrite $file, $bytes;
						}
						else {
							$open->remove($handle);
						}
					}
				}
				exit;
			}
			close $pm2;
			close $s6;
			$ENV{NODE_CHANNEL_FD} = fileno $channel;
			$ENV{GRACEFUL_SUPERVISOR_S6_NOTIFICATION_FD} = fileno $notification;
			exec @ARGV or die "exec: $!";
			""";

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final Path DIRECTORY = TestDirectory.create("aot").toAbsolutePath();

	private static final Path FILE = DIRECTORY.resolve("ready");

	@Test
	void whenProcessedAheadOfTimeThenAllSupervisorsAreToldAndNothingIsLost() throws Exception {
		String address = "@graceful-tests-aot-" + ProcessHandle.current().pid();
		Path reports = DIRECTORY.resolve("reports");
		App app = App
			.of(SampleJar.AOT, DIRECTORY, "--graceful.shutdown.report.directory=" + reports,
					"--graceful.balancer.haproxy.sockets=" + DIRECTORY.resolve("missing"))
			.withJvmOptions("-Dspring.aot.enabled=true")
			.withEnvironment("NOTIFY_SOCKET", address)
			.withEnvironment("GRACEFUL_SUPERVISOR_FILE_PATH", FILE.toString());
		List<String> supervise = List.of(Program.PERL.path(), "-e", SUPERVISE, DIRECTORY.toString());
		try (NotifySocket systemd = NotifySocket.open(address, DIRECTORY.resolve("messages.log"));
				AppProcess process = app.startBy(supervise)) {
			process.awaitReady();
			Awaitility.await("systemd, PM2, s6 and file")
				.untilAsserted(() -> assertThat(List.of(told(systemd, "READY=1"), told("pm2", "\"ready\"\n"),
						told("s6", "\n"), Files.exists(FILE)))
					.doesNotContain(false));
			assertThat(process.log()).contains("Starting AOT-processed SampleApplication");
			assertThat(HttpConnection.get(process.port(), "/actuator/graceful", TIMEOUT).text())
				.contains("HAProxy at " + DIRECTORY.resolve("missing"));
			Load load = Load.of("POST", "/slow?ms=2000", true, 1).withMaxRequests(1);
			try (LoadClient client = LoadClient.start(load, process.port())) {
				process.awaitLog("Slow request of 2000 ms begins");
				Exit exit = process.stop("TERM");
				System.out.printf("AOT: exit code %d after %d ms, systemd was told %s%n", exit.code(),
						exit.took().toMillis(), systemd.messages());
				LoadReport report = client.await();
				assertThat(report.failed()).as(report::describeFailures).isZero();
				assertThat(report.ok()).isEqualTo(1);
				assertThat(exit.code()).isZero();
			}
			assertThat(told(systemd, "STOPPING=1")).isTrue();
			assertThat(FILE).doesNotExist();
			assertThat(reports).isDirectoryContaining("glob:**/stop-*.json");
			assertThat(process.log()).contains("Shutdown completed in ").doesNotContain(" ERROR ");
			assertThat(process.log().lines().filter((line) -> line.contains(" WARN ")))
				.allMatch((line) -> line.contains("HAProxy at "));
		}
	}

	private static boolean told(NotifySocket systemd, String message) {
		return systemd.messages().stream().anyMatch((received) -> received.contains(message));
	}

	private static boolean told(String supervisor, String message) throws Exception {
		Path file = DIRECTORY.resolve(supervisor);
		return Files.exists(file) && Files.readString(file).contains(message);
	}

}
