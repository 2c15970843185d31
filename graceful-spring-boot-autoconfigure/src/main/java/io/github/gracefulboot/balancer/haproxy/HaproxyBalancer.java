package io.github.gracefulboot.balancer.haproxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.LoadBalancer;
import io.github.gracefulboot.traffic.Printable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Tells one HAProxy by its runtime API. {@code state drain} keeps new sessions away but
 * for those that a cookie brings. When no session is left, or a second later,
 * {@code health down} keeps these away, too. Both are taken back when the application is
 * ready. Servers in maintenance are left as they are.
 */
final class HaproxyBalancer implements LoadBalancer {

	private static final Log logger = LogFactory.getLog(HaproxyBalancer.class);

	private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";

	/**
	 * What only looks like an address would be asked for in DNS, and may be what a client
	 * says in a header.
	 */
	private static final Pattern LITERAL = Pattern
		.compile(OCTET + "(\\." + OCTET + "){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*(%.+)?");

	/**
	 * The type of servers in {@code show stat}.
	 */
	private static final int SERVERS = 4;

	/**
	 * How long sessions that last keep those away that a cookie brings.
	 */
	private static final Duration LONGEST_SESSION = Duration.ofSeconds(1);

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

	private final HaproxySocket socket;

	private final List<String> names;

	private final Supplier<@Nullable String> port;

	private volatile @Nullable InetAddress host;

	/**
	 * Creates the balancer.
	 * @param socket its runtime API
	 * @param names what this instance is called there, or empty to look for it
	 * @param port the port of the application, or {@code null} if it has none
	 */
	HaproxyBalancer(HaproxySocket socket, List<String> names, Supplier<@Nullable String> port) {
		this.socket = socket;
		this.names = names;
		this.port = port;
	}

	@Override
	public String name() {
		return "HAProxy at " + this.socket;
	}

	/**
	 * Goes on for a moment after the last command, for a session that was on its way.
	 */
	@Override
	public void drain() throws IOException, InterruptedException {
		List<HaproxyServer> servers = servers();
		for (HaproxyServer server : servers) {
			set(server, "state drain");
		}
		Deadline deadline = Deadline.after(System::nanoTime, LONGEST_SESSION);
		while (haveSessions(servers) && !deadline.hasPassed()) {
			Thread.sleep(BETWEEN_LOOKS.toMillis());
		}
		for (HaproxyServer server : servers) {
			set(server, "health down");
		}
		Thread.sleep(BETWEEN_LOOKS.toMillis());
	}

	@Override
	public boolean isDrained() {
		return true;
	}

	/**
	 * Lets the checks, where there are some, say when requests come again.
	 */
	@Override
	public void ready() throws IOException {
		for (HaproxyServer server : servers()) {
			if (server.isDraining()) {
				if (!server.isChecked()) {
					set(server, "health up");
				}
				set(server, "state ready");
			}
		}
	}

	private List<HaproxyServer> servers() throws IOException {
		// Here, where a name may take long to resolve
		this.host = this.socket.host();
		List<HaproxyServer> servers = new ArrayList<>();
		for (HaproxyServer server : HaproxyServer.parse(this.socket.execute("show servers state"))) {
			if (this.names.isEmpty() ? isThis(server) : this.names.contains(server.toString())) {
				servers.add(server);
			}
		}
		if (servers.isEmpty()) {
			throw new IOException("It has no server " + (this.names.isEmpty()
					? "with an address of this machine and the port %s: set graceful.balancer.haproxy.servers"
						.formatted(this.port.get())
					: "called " + String.join(" or ", this.names)));
		}
		servers.removeIf((server) -> {
			if (server.isInMaintenance()) {
				logger.info(LogMessage.format("%s is in maintenance in %s, and is left there", server, name()));
			}
			return server.isInMaintenance();
		});
		return servers;
	}

	private boolean isThis(HaproxyServer server) {
		InetAddress address = literal(server.address());
		return address != null && server.port().equals(this.port.get()) && isLocal(address)
				&& (!address.isLoopbackAddress() || isOnThisMachine());
	}

	private boolean isOnThisMachine() {
		InetAddress host = this.host;
		return (host != null) ? isLocal(host) : this.socket.isUnix();
	}

	private boolean haveSessions(List<HaproxyServer> servers) throws IOException {
		for (HaproxyServer server : servers) {
			String answer = this.socket
				.execute("show stat %s %d %s".formatted(server.backendId(), SERVERS, server.id()));
			if (server.sessions(answer) > 0) {
				return true;
			}
		}
		return false;
	}

	private void set(HaproxyServer server, String what) throws IOException {
		String answer = this.socket.execute("set server %s %s".formatted(server, what));
		// One that tracks another server has the health of that one
		if (!answer.isEmpty() && !answer.contains("tracking server")) {
			throw new IOException(answer.startsWith("Permission denied")
					? "Permission denied: its socket needs \"level admin\"" : Printable.text(answer));
		}
	}

	@Override
	public boolean isAt(String text) {
		InetAddress address = literal(text);
		return address != null && (address.equals(this.host) || (isOnThisMachine() && isLocal(address)));
	}

	private static @Nullable InetAddress literal(String address) {
		try {
			return isLiteral(address) ? InetAddress.getByName(address) : null;
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	static boolean isLiteral(String address) {
		return LITERAL.matcher(address).matches();
	}

	private static boolean isLocal(InetAddress address) {
		try {
			return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
		}
		catch (SocketException ex) {
			return false;
		}
	}

}
