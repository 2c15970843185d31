package io.github.gracefulboot.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import org.awaitility.Awaitility;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SharedListenerChannel}.
 */
@Tag("jetty")
class SharedListenerChannelTests {

	private ServerSocketChannel listener;

	@BeforeEach
	void listen() throws Exception {
		this.listener = ServerSocketChannel.open();
		this.listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
	}

	@AfterEach
	void close() throws Exception {
		this.listener.close();
	}

	@Test
	void whenClosedThenTheWaitingThreadIsToldAndTheListenerStaysOpen() throws Exception {
		SharedListenerChannel channel = new SharedListenerChannel(SharedListener.inherited(this.listener));
		FutureTask<SocketChannel> accepted = new FutureTask<>((Callable<SocketChannel>) channel::accept);
		Thread thread = new Thread(accepted);
		thread.start();
		Awaitility.await().until(() -> isInSelect(thread));
		channel.close();
		assertThat(accepted).failsWithin(Duration.ofSeconds(10))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(AsynchronousCloseException.class);
		assertThat(this.listener.isOpen()).isTrue();
	}

	@Test
	void whenClosedThenWhoeverWaitsInTheQueueIsLeftToTheNext() throws Exception {
		SharedListenerChannel first = new SharedListenerChannel(SharedListener.inherited(this.listener));
		try (Socket client = connect()) {
			first.close();
			try (SharedListenerChannel next = new SharedListenerChannel(SharedListener.inherited(this.listener));
					SocketChannel socket = next.accept()) {
				assertThat(socket.getRemoteAddress()).isEqualTo(client.getLocalSocketAddress());
			}
		}
	}

	@Test
	void whenJettyListensOnItThenItIsOpenWhenJettyHasStopped() throws Exception {
		Server server = new Server();
		ServerConnector connector = new ServerConnector(server);
		server.addConnector(connector);
		connector.open(new SharedListenerChannel(SharedListener.inherited(this.listener)));
		server.start();
		try (Socket client = connect()) {
			Awaitility.await().until(() -> connector.getConnectedEndPoints().size() == 1);
		}
		connector.close();
		try (Socket client = connect()) {
			server.stop();
			try (SharedListenerChannel next = new SharedListenerChannel(SharedListener.inherited(this.listener));
					SocketChannel socket = next.accept()) {
				assertThat(socket.getRemoteAddress()).isEqualTo(client.getLocalSocketAddress());
			}
		}
	}

	private Socket connect() throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), this.listener.socket().getLocalPort());
	}

	private static boolean isInSelect(Thread thread) {
		for (StackTraceElement element : thread.getStackTrace()) {
			if (element.getMethodName().equals("select")) {
				return true;
			}
		}
		return false;
	}

}
