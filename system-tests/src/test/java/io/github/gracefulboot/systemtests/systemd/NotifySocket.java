package io.github.gracefulboot.systemtests.systemd;

import java.nio.file.Path;
import java.util.List;

import io.github.gracefulboot.systemtests.process.Program;
import io.github.gracefulboot.test.process.ChildProcess;
import org.awaitility.Awaitility;

/**
 * Stands in for the end of systemd that receives, where a real one never listens. Java
 * has no datagram sockets of that kind.
 */
public final class NotifySocket implements AutoCloseable {

	private static final String PROGRAM = """
			use Socket;
			$| = 1;
			($name = $ARGV[0]) =~ s/^@/\\0/;
			socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
			bind($socket, pack_sockaddr_un($name)) or die "bind: $!";
			print "bound\\n";
			while (defined recv($socket, $message, 65536, 0)) {
				$message =~ s/\\n(?=.)/ | /g;
				chomp $message;
				print "$message\\n";
			}
			""";

	private final ChildProcess process;

	private NotifySocket(ChildProcess process) {
		this.process = process;
		Awaitility.await("bound")
			.failFast("perl ended early", () -> !process.isAlive())
			.until(() -> process.log().startsWith("bound\n"));
	}

	/**
	 * Receives at an address as it stands in the variable NOTIFY_SOCKET: a path, or a
	 * name that begins with @.
	 */
	public static NotifySocket open(String address, Path log) {
		return new NotifySocket(ChildProcess.start(List.of(Program.PERL.path(), "-e", PROGRAM, address), log));
	}

	/**
	 * What was received, a message a line.
	 */
	public List<String> messages() {
		return this.process.log().lines().skip(1).toList();
	}

	@Override
	public void close() {
		this.process.close();
	}

}
