package io.github.gracefulboot.balancer.haproxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import io.github.gracefulboot.LoadBalancer;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Tells one HAProxy by its runtime API. {@code state drain} keeps new sessions away but
 * for those that a cookie brings. When no session is left, {@code health down} keeps
 * these away, too, and cuts nothing off. Both are taken back when the application is
 * ready. Servers in maintenance are left as they are.
 */
final class HaproxyBalancer implements LoadBalancer {

	private static final Log logger = LogFactory.getLog(HaproxyBalancer.class);

	private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F:.%]+");

	private static final int SERVERS = 4;

	private final HaproxySocket socket;

	private final List<String> names;

	private final Supplier<@Nullable String> port;

	private volatile @Nullable InetAddress host;

	private List<HaproxyServer> drained = List.of();

	private boolean down;

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

	@Override
	public void drain() throws IOException {
		List<HaproxyServer> servers = servers();
		for (HaproxyServer server : servers) {
			set(server, "state drain");
		}
		this.down = false;
		this.drained = servers;
	}

	/**
	 * Once no session is left, says so to HAProxy and looks again: one may have come
	 * meanwhile.
	 */
	@Override
	public boolean isDrained() throws IOException {
		for (HaproxyServer server : this.drained) {
			if (sessions(server) > 0) {
				return false;
			}
		}
		if (!this.down) {
			for (HaproxyServer server : this.drained) {
				set(server, "health down");
			}
			this.down = true;
			return false;
		}
		return true;
	}

	@Override
	public void ready() throws IOException {
		for (HaproxyServer server : servers()) {
			if (server.isDraining()) {
				set(server, "state ready");
				set(server, "health up");
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

	private int sessions(HaproxyServer server) throws IOException {
		String answer = this.socket.execute("show stat %s %d -1".formatted(server.backend(), SERVERS));
		List<List<String>> lines = answer.lines().map((line) -> List.of(line.split(",", -1))).toList();
		List<String> names = lines.get(0);
		return lines.stream()
			.skip(1)
			.filter((fields) -> fields.size() > names.indexOf("scur") && fields.get(1).equals(server.name()))
			.mapToInt((fields) -> number(fields, names.indexOf("scur")) + number(fields, names.indexOf("qcur")))
			.sum();
	}

	private static int number(List<String> fields, int index) {
		return (index < 0 || fields.get(index).isEmpty()) ? 0 : Integer.parseInt(fields.get(index));
	}

	private void set(HaproxyServer server, String what) throws IOException {
		String answer = this.socket.execute("set server %s %s".formatted(server, what));
		if (!answer.isEmpty()) {
			throw new IOException(answer.startsWith("Permission denied")
					? "Permission denied: its socket needs \"level admin\"" : answer);
		}
	}

	@Override
	public boolean isAt(String text) {
		InetAddress address = literal(text);
		return address != null && (address.equals(this.host) || (isOnThisMachine() && isLocal(address)));
	}

	private static @Nullable InetAddress literal(String address) {
		try {
			return LITERAL.matcher(address).matches() ? InetAddress.getByName(address) : null;
		}
		catch (UnknownHostException ex) {
			return null;
		}
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
