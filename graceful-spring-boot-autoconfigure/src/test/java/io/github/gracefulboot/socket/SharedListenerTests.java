package io.github.gracefulboot.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SharedListener}, on a real listener.
 */
@Timeout(30)
class SharedListenerTests {

	private final AtomicBoolean paused = new AtomicBoolean();

	private ServerSocketChannel listener;

	private SharedListener acceptor;

	@BeforeEach
	void open() throws IOException {
		this.listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		this.acceptor = SharedListener.inherited(this.listener);
	}

	@AfterEach
	void close() throws IOException {
		this.acceptor.close();
		this.listener.close();
	}

	@Test
	void whenClientComesThenItIsAccepted() throws Exception {
		CompletableFuture<SocketChannel> accepted = accept();
		Awaitility.await().until(SharedListenerTests::isWaitedForClients);
		try (SocketChannel client = connect(); SocketChannel socket = get(accepted)) {
			assertThat(socket.getRemoteAddress()).isEqualTo(client.getLocalAddress());
			assertThat(socket.isBlocking()).isTrue();
		}
	}

	@Test
	void whenPausedThenTheCallReturnsAndClientsWaitInTheQueue() throws Exception {
		CompletableFuture<SocketChannel> accepted = accept();
		this.paused.set(true);
		this.acceptor.wakeUp();
		assertThat(get(accepted)).isNull();
		try (SocketChannel client = connect()) {
			assertThat(get(accept())).isNull();
			this.paused.set(false);
			try (SocketChannel socket = get(accept())) {
				assertThat(socket.getRemoteAddress()).isEqualTo(client.getLocalAddress());
			}
		}
	}

	@Test
	void whenWokenUpWithoutReasonThenGoesOnWaiting() throws Exception {
		CompletableFuture<SocketChannel> accepted = accept();
		this.acceptor.wakeUp();
		try (SocketChannel client = connect(); SocketChannel socket = get(accepted)) {
			assertThat(socket.getRemoteAddress()).isEqualTo(client.getLocalAddress());
		}
	}

	@Test
	void whenClosedThenTheCallReturnsAndTheListenerStaysForTheNextProcess() throws Exception {
		CompletableFuture<SocketChannel> accepted = accept();
		this.acceptor.close();
		assertThat(get(accepted)).isNull();
		assertThat(get(accept())).isNull();
		assertThat(this.listener.isOpen()).isTrue();
		try (SocketChannel client = connect(); NextProcess next = new NextProcess()) {
			try (SocketChannel socket = next.accept()) {
				assertThat(socket.getRemoteAddress()).isEqualTo(client.getLocalAddress());
			}
		}
	}

	@Test
	void whenServerStartsAgainThenItHasTheInheritedListenerAgain() throws Exception {
		assertThat(this.acceptor.forStart()).isSameAs(this.acceptor);
		this.acceptor.close();
		SharedListener again = this.acceptor.forStart();
		assertThat(again).isNotNull().isNotSameAs(this.acceptor);
		try (SocketChannel client = connect(); SocketChannel socket = again.accept(() -> false)) {
			assertThat(socket.getRemoteAddress()).isEqualTo(client.getLocalAddress());
		}
		again.close();
	}

	@Test
	void whenServerStartsAgainThenItOpensAListenerInPlaceOfOneThatWasTakenOver() throws Exception {
		SharedListener taken = SharedListener.takenOver(
				ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
				(InetSocketAddress) this.listener.getLocalAddress(), false);
		taken.close();
		assertThat(taken.forStart()).isNull();
	}

	private CompletableFuture<SocketChannel> accept() {
		CompletableFuture<SocketChannel> accepted = new CompletableFuture<>();
		new Thread(() -> {
			try {
				accepted.complete(this.acceptor.accept(this.paused::get));
			}
			catch (IOException ex) {
				accepted.completeExceptionally(ex);
			}
		}, "acceptor").start();
		return accepted;
	}

	private SocketChannel connect() throws IOException {
		return SocketChannel.open(this.listener.getLocalAddress());
	}

	private static boolean isWaitedForClients() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((thread) -> thread.getKey().getName().equals("acceptor"))
			.flatMap((thread) -> Arrays.stream(thread.getValue()))
			.anyMatch((frame) -> frame.getMethodName().equals("select"));
	}

	private static SocketChannel get(CompletableFuture<SocketChannel> accepted) throws Exception {
		return accepted.get(10, TimeUnit.SECONDS);
	}

	/**
	 * What the next process would do with the listener.
	 */
	private final class NextProcess implements AutoCloseable {

		private final SharedListener acceptor;

		private NextProcess() throws IOException {
			this.acceptor = SharedListener.inherited(SharedListenerTests.this.listener);
		}

		private SocketChannel accept() throws IOException {
			return this.acceptor.accept(() -> false);
		}

		@Override
		public void close() throws IOException {
			this.acceptor.close();
		}

	}

}
