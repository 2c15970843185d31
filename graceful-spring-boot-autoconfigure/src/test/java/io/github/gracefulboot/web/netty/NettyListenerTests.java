package io.github.gracefulboot.web.netty;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.gracefulboot.posix.DescriptorLimit;
import io.github.gracefulboot.socket.SharedListener;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NettyListener}, with a real event loop.
 */
@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class NettyListenerTests {

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final Queue<SocketAddress> accepted = new ConcurrentLinkedQueue<>();

	private ServerSocketChannel listener;

	private Channel server;

	@BeforeEach
	void bind() throws Exception {
		this.listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		SharedListener shared = SharedListener.inherited(this.listener);
		this.server = new ServerBootstrap().group(this.loops)
			.channelFactory(() -> new NettyListener(shared))
			.childHandler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel connection) {
					NettyListenerTests.this.accepted.add(connection.remoteAddress());
				}

			})
			.bind(0)
			.sync()
			.channel();
	}

	@AfterEach
	void close() throws Exception {
		this.server.close().sync();
		this.loops.shutdownGracefully().sync();
		this.listener.close();
	}

	@Test
	void whenClientComesThenItIsAccepted() throws Exception {
		assertThat(this.server.localAddress()).isEqualTo(this.listener.getLocalAddress());
		assertThat(this.server.isActive()).isTrue();
		try (SocketChannel client = SocketChannel.open(this.listener.getLocalAddress())) {
			awaitAccepted(client);
		}
	}

	@Test
	void whenClosedThenClientsAreLeftToOthers() throws Exception {
		this.server.close().sync();
		assertThat(this.server.isActive()).isFalse();
		Awaitility.await()
			.until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> thread.getName().equals("graceful-netty-acceptor")));
		assertThat(this.listener.isOpen()).isTrue();
		try (SocketChannel client = SocketChannel.open(this.listener.getLocalAddress())) {
			SharedListener next = SharedListener.inherited(this.listener);
			try (SocketChannel socket = next.accept(() -> false)) {
				assertThat(socket).isNotNull();
				assertThat(socket.getRemoteAddress()).isEqualTo(client.getLocalAddress());
			}
			next.close();
		}
		assertThat(this.accepted).isEmpty();
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenNothingMoreCanBeOpenedThenWhoComesIsAcceptedLater(CapturedOutput output) throws Exception {
		// Loads the classes
		whenClientComesThenItIsAccepted();
		try (SocketChannel client = SocketChannel.open()) {
			SocketAddress address = this.listener.getLocalAddress();
			try (DescriptorLimit limit = new DescriptorLimit()) {
				client.connect(address);
				Awaitility.await().until(() -> output.getAll().contains("Could not accept connections"));
			}
			awaitAccepted(client);
		}
	}

	private void awaitAccepted(SocketChannel client) throws IOException {
		SocketAddress address = client.getLocalAddress();
		Awaitility.await().until(() -> this.accepted.contains(address));
	}

}
