package io.github.gracefulboot.web.listener;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.gracefulboot.shutdown.Deadline;
import io.github.gracefulboot.traffic.Signal;
import io.github.gracefulboot.traffic.Traffic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Closes real listening sockets while clients connect to them without pause.
 */
@EnabledOnOs(OS.LINUX)
class ListenerSilencerTests {

	private static final int CLOSES = 30;

	private static final int CLIENTS = 8;

	private final Traffic traffic = new Traffic(System::nanoTime, new Signal());

	@Test
	void whenListenerIsSilencedBeforeItIsClosedThenNoEstablishedConnectionIsReset() throws Exception {
		Tally tally = closeUnderLoad(true);
		assertThat(tally.served).hasPositiveValue();
		assertThat(tally.reset).hasValue(0);
	}

	@Test
	void whenListenerIsJustClosedThenConnectionsAreReset() throws Exception {
		assertThat(closeUnderLoad(false).reset).hasPositiveValue();
	}

	@Test
	void whenProcessDoesNotListenOnThePortThenSaysNo() throws Exception {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		assertThat(silence(port)).isFalse();
	}

	@Test
	void whenNoClientEverCameThenDoesNotEvenLoadTheLibrary() throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			ListenerSilencer silencer = new ListenerSilencer(this.traffic, true);
			silencer.announceStop(deadline());
			assertThat(silencer.silence(socket.getLocalPort(), deadline())).isFalse();
		}
	}

	private boolean silence(int port) {
		this.traffic.requestCame();
		ListenerSilencer silencer = new ListenerSilencer(this.traffic, true);
		silencer.announceStop(deadline());
		return silencer.silence(port, deadline());
	}

	private static Deadline deadline() {
		return Deadline.after(System::nanoTime, Duration.ofSeconds(10));
	}

	private Tally closeUnderLoad(boolean silenced) throws Exception {
		Tally tally = new Tally();
		for (int i = 0; i < CLOSES; i++) {
			closeOnceUnderLoad(silenced, tally);
		}
		return tally;
	}

	private void closeOnceUnderLoad(boolean silenced, Tally tally) throws Exception {
		ExecutorService executor = Executors.newCachedThreadPool();
		try {
			ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
			Future<?> acceptor = executor.submit(() -> acceptUntilClosed(listener));
			int before = tally.served.get();
			List<Future<?>> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				clients.add(executor.submit(() -> connectUntilRefused(listener.getLocalPort(), tally)));
			}
			while (tally.served.get() < before + 100) {
				Thread.onSpinWait();
			}
			if (silenced) {
				assertThat(silence(listener.getLocalPort())).isTrue();
			}
			listener.close();
			acceptor.get(10, TimeUnit.SECONDS);
			for (Future<?> client : clients) {
				client.get(10, TimeUnit.SECONDS);
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static void acceptUntilClosed(ServerSocket listener) {
		while (true) {
			try (Socket accepted = listener.accept()) {
				accepted.getOutputStream().write(accepted.getInputStream().read());
			}
			catch (IOException ex) {
				if (listener.isClosed()) {
					return;
				}
			}
		}
	}

	private static void connectUntilRefused(int port, Tally tally) {
		while (true) {
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
				echo(socket, tally);
			}
			catch (ConnectException | SocketTimeoutException ex) {
				return;
			}
			catch (IOException ex) {
				tally.reset.incrementAndGet();
			}
		}
	}

	private static void echo(Socket socket, Tally tally) throws IOException {
		socket.setSoTimeout(5_000);
		socket.getOutputStream().write('x');
		if (socket.getInputStream().read() != 'x') {
			throw new IOException("closed without an answer");
		}
		tally.served.incrementAndGet();
	}

	/**
	 * What became of the connections.
	 */
	private static final class Tally {

		private final AtomicInteger served = new AtomicInteger();

		private final AtomicInteger reset = new AtomicInteger();

	}

}
