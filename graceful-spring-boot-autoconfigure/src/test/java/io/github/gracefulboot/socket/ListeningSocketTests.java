package io.github.gracefulboot.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;

import io.github.gracefulboot.posix.Descriptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ListeningSocket}.
 */
@EnabledOnOs(OS.LINUX)
class ListeningSocketTests {

	@Test
	void whenItListensOnOneAddressThenIsFoundThereOnly() throws Exception {
		InetAddress address = InetAddress.getByName("127.0.0.1");
		try (ServerSocket socket = new ServerSocket(0, 1, address)) {
			assertThat(find(socket, address)).isPresent();
			assertThat(find(socket, InetAddress.getByName("127.0.0.2"))).isEmpty();
			assertThat(find(socket, null)).isEmpty();
			assertThat(find(socket, InetAddress.getByName("0.0.0.0"))).isEmpty();
		}
	}

	@Test
	void whenItListensOnEveryAddressThenIsFoundThereOnly() throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 1)) {
			assertThat(find(socket, null)).isPresent();
			assertThat(find(socket, InetAddress.getByName("0.0.0.0"))).isPresent();
			assertThat(find(socket, InetAddress.getByName("::"))).isPresent();
			assertThat(find(socket, InetAddress.getByName("127.0.0.1"))).isEmpty();
		}
	}

	@Test
	void whenItListensOnEveryAddressOfVersionFourThenIsFoundToo() throws Exception {
		try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.INET)
			.bind(new InetSocketAddress("0.0.0.0", 0))) {
			assertThat(new ListeningSocket(socket.socket().getLocalPort()).descriptor(null)).isPresent();
		}
	}

	@Test
	void whenTwoListenOnTheSamePortThenEachIsFoundByItsAddress() throws Exception {
		InetAddress one = InetAddress.getByName("127.0.0.1");
		InetAddress other = InetAddress.getByName("127.0.0.2");
		try (ServerSocket first = new ServerSocket(0, 1, one);
				ServerSocket second = new ServerSocket(first.getLocalPort(), 1, other)) {
			int descriptor = find(first, one).orElseThrow();
			assertThat(find(second, other)).get().isNotEqualTo(descriptor);
			assertThat(new ListeningSocket(first.getLocalPort()).descriptors()).hasSize(2).contains(descriptor);
			assertThat(new Descriptor(descriptor, "the test").file()).startsWith("socket:");
		}
	}

	@Test
	void whenNobodyListensThenIsNotFound() throws Exception {
		ServerSocket socket = new ServerSocket(0, 1);
		socket.close();
		assertThat(find(socket, null)).isEmpty();
	}

	private static Optional<Integer> find(ServerSocket socket, @Nullable InetAddress host) throws IOException {
		return new ListeningSocket(socket.getLocalPort()).descriptor(host);
	}

}
