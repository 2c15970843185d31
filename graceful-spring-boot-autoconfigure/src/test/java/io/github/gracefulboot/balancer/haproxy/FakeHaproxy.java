package io.github.gracefulboot.balancer.haproxy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * The runtime API of a HAProxy, as far as it is used: servers by their name, each with
 * its sessions and its state. Answers are those of HAProxy 2.6.
 */
final class FakeHaproxy implements AutoCloseable {

	private final Path path;

	private final ServerSocketChannel listener;

	private final Map<String, Server> servers = new ConcurrentSkipListMap<>();

	final List<String> heard = new CopyOnWriteArrayList<>();

	final Map<String, Integer> sessions = new ConcurrentHashMap<>();

	volatile Function<String, String> answer = this::answer;

	FakeHaproxy() {
		try {
			this.path = Files.createTempDirectory("haproxy").resolve("admin.sock");
			this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
				.bind(UnixDomainSocketAddress.of(this.path));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Thread thread = new Thread(this::serve, "haproxy");
		thread.setDaemon(true);
		thread.start();
	}

	String path() {
		return this.path.toString();
	}

	FakeHaproxy server(String name, String address, int port, int adminState) {
		this.servers.put(name, new Server(address, port, adminState, 0));
		return this;
	}

	FakeHaproxy checkedServer(String name, String address, int port, int adminState) {
		this.servers.put(name, new Server(address, port, adminState, 6));
		return this;
	}

	int adminState(String name) {
		return this.servers.get(name).adminState();
	}

	private void serve() {
		try {
			while (true) {
				try (SocketChannel client = this.listener.accept();
						BufferedReader reader = new BufferedReader(
								Channels.newReader(client, StandardCharsets.UTF_8))) {
					String command = reader.readLine();
					this.heard.add(command);
					String answer = this.answer.apply(command);
					if (answer != null) {
						client.write(ByteBuffer.wrap((answer + "\n").getBytes(StandardCharsets.UTF_8)));
					}
				}
			}
		}
		catch (ClosedChannelException ex) {
			// The end
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private String answer(String command) {
		String[] words = command.split(" ");
		if (command.equals("show servers state")) {
			StringBuilder answer = new StringBuilder("1\n# be_id be_name srv_id srv_name srv_addr srv_op_state "
					+ "srv_admin_state srv_uweight srv_iweight srv_check_state srv_port\n");
			int id = 0;
			for (Map.Entry<String, Server> entry : this.servers.entrySet()) {
				String[] names = entry.getKey().split("/");
				Server server = entry.getValue();
				answer.append("3 %s %d %s %s 2 %d 1 1 %d %d%n".formatted(names[0], ++id, names[1], server.address(),
						server.adminState(), server.checkState(), server.port()));
			}
			return answer.toString();
		}
		if (command.startsWith("show stat ")) {
			String name = List.copyOf(this.servers.keySet()).get(Integer.parseInt(words[4]) - 1);
			return "# pxname,svname,qcur,qmax,scur,smax,\n%s,%s,0,0,%d,9,%n".formatted(name.split("/")[0],
					name.split("/")[1], this.sessions.getOrDefault(name, 0));
		}
		if (!this.servers.containsKey(words[2])) {
			return "No such server.\n";
		}
		if (words[3].equals("state")) {
			this.servers.computeIfPresent(words[2], (name, server) -> new Server(server.address(), server.port(),
					words[4].equals("drain") ? 8 : 0, server.checkState()));
		}
		return "";
	}

	@Override
	public void close() {
		try {
			this.listener.close();
			Files.deleteIfExists(this.path);
			Files.deleteIfExists(this.path.getParent());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private record Server(String address, int port, int adminState, int checkState) {

	}

}
