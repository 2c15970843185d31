package io.github.gracefulboot.socket;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.posix.Descriptor;
import io.github.gracefulboot.posix.DescriptorLimit;
import io.github.gracefulboot.posix.OpenDescriptors;
import io.github.gracefulboot.posix.UnixSocket.Message;
import io.github.gracefulboot.posix.UnixSocketPair;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Tests for {@link TakenOverListener}, with a listener that went through a socket as it
 * does from one process to the next.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(30)
class TakenOverListenerTests {

	private final ExecutorService acceptor = Executors.newSingleThreadExecutor();

	private ServerSocketChannel original;

	private InetSocketAddress address;

	private SharedListener listener;

	@BeforeEach
	void takeOver() throws Exception {
		this.original = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		this.address = (InetSocketAddress) this.original.getLocalAddress();
		this.listener = TakenOverListener.of(received(), this.address, false);
	}

	@AfterEach
	void close() throws IOException {
		this.listener.close();
		this.original.close();
		this.acceptor.shutdownNow();
	}

	@Test
	void whenTakenOverThenItIsTheSameSocketAndKnowsItsAddress() throws Exception {
		assertThat(this.listener.address()).isEqualTo(this.address);
		assertThat(this.listener.isKept()).isFalse();
		assertThat(sockets()).hasSize(2);
	}

	@Test
	void whenItIsNotOpenThenClientsAreLeftToTheOther() throws Exception {
		Future<SocketChannel> accepted = accept();
		try (SocketChannel client = SocketChannel.open(this.address); SocketChannel socket = this.original.accept()) {
			assertThat(remote(socket)).isEqualTo(client.getLocalAddress());
		}
		assertThat(accepted).isNotDone();
	}

	@Test
	void whenOpenedThenWhoWaitsAlreadyIsAccepted() throws Exception {
		try (SocketChannel waiting = SocketChannel.open(this.address)) {
			Future<SocketChannel> accepted = accept();
			this.listener.open();
			try (SocketChannel socket = get(accepted)) {
				assertThat(remote(socket)).isEqualTo(waiting.getLocalAddress());
				assertThat(socket.isBlocking()).isTrue();
			}
		}
	}

	@Test
	void whenOpenThenWhoComesIsAccepted() throws Exception {
		this.listener.open();
		Future<SocketChannel> accepted = accept();
		try (SocketChannel client = SocketChannel.open(this.address); SocketChannel socket = get(accepted)) {
			assertThat(remote(socket)).isEqualTo(client.getLocalAddress());
		}
	}

	@Test
	void whenItIsNotOpenThenTheApplicationComesInByTheSideDoor() throws Exception {
		Future<SocketChannel> accepted = accept();
		SocketAddress door = this.listener.sideDoor();
		assertThat(door).isNotNull().isNotEqualTo(this.address).isEqualTo(this.listener.sideDoor());
		try (SocketChannel client = SocketChannel.open(door); SocketChannel socket = get(accepted)) {
			assertThat(remote(socket)).isEqualTo(client.getLocalAddress());
		}
	}

	@Test
	void whenOpenedThenTheSideDoorIsClosed() throws Exception {
		SocketAddress door = this.listener.sideDoor();
		Future<SocketChannel> accepted = accept();
		this.listener.open();
		assertThat(this.listener.sideDoor()).isNull();
		Awaitility.await()
			.untilAsserted(() -> assertThatExceptionOfType(ConnectException.class)
				.isThrownBy(() -> SocketChannel.open(door).close()));
		assertThat(accepted).isNotDone();
	}

	@Test
	void whenClosedThenTheOtherGoesOn() throws Exception {
		this.listener.open();
		Future<SocketChannel> accepted = accept();
		this.listener.close();
		assertThat(accepted).succeedsWithin(Duration.ofSeconds(10)).isNull();
		assertThat(sockets()).hasSize(1);
		try (SocketChannel client = SocketChannel.open(this.address); SocketChannel socket = this.original.accept()) {
			assertThat(remote(socket)).isEqualTo(client.getLocalAddress());
		}
	}

	@Test
	void whenClosedBeforeItWasOpenedThenTheSideDoorIsClosed() throws Exception {
		SocketAddress door = this.listener.sideDoor();
		this.listener.close();
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> SocketChannel.open(door));
		this.listener.open();
	}

	@Test
	void whenTheOtherIsGoneThenClientsAreAcceptedAllTheSame() throws Exception {
		this.original.close();
		this.listener.open();
		Future<SocketChannel> accepted = accept();
		try (SocketChannel client = SocketChannel.open(this.address); SocketChannel socket = get(accepted)) {
			assertThat(remote(socket)).isEqualTo(client.getLocalAddress());
		}
	}

	@Test
	void whenSupervisorKeepsTheSocketThenItKnows() throws Exception {
		SharedListener kept = TakenOverListener.of(received(), this.address, true);
		assertThat(kept.isKept()).isTrue();
		kept.close();
	}

	@Test
	void whenNothingMoreCanBeOpenedThenSaysSoAndLeavesNothingOpen() throws Exception {
		int received = received();
		assertThat(sockets()).hasSize(3);
		Throwable failure;
		try (DescriptorLimit limit = new DescriptorLimit()) {
			failure = catchThrowable(() -> TakenOverListener.of(received, this.address, false));
		}
		assertThat(failure).isInstanceOf(IOException.class)
			.hasMessageStartingWith("The listening socket cannot be used: ");
		assertThat(sockets()).hasSize(2);
	}

	/**
	 * Returns the socket as another process gets it.
	 */
	private int received() throws IOException {
		try (UnixSocketPair sockets = new UnixSocketPair()) {
			int descriptor = new ListeningSocket(this.address.getPort()).descriptor(this.address.getAddress())
				.orElseThrow();
			sockets.one().send("listener", descriptor);
			Message message = sockets.other().receive();
			assertThat(message).isNotNull();
			return message.descriptors()[0];
		}
	}

	private Iterable<String> sockets() throws IOException {
		int descriptor = new ListeningSocket(this.address.getPort()).descriptor(this.address.getAddress())
			.orElseThrow();
		return OpenDescriptors.of(new Descriptor(descriptor, "the test").file());
	}

	private Future<SocketChannel> accept() {
		Callable<SocketChannel> accept = () -> this.listener.accept(() -> false);
		return this.acceptor.submit(accept);
	}

	private static SocketChannel get(Future<SocketChannel> accepted) throws Exception {
		return accepted.get(10, TimeUnit.SECONDS);
	}

	private static SocketAddress remote(SocketChannel socket) throws IOException {
		assertThat(socket).isNotNull();
		return socket.getRemoteAddress();
	}

}
