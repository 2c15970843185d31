package io.github.gracefulboot.socket;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Stream;

import com.sun.jna.LastErrorException;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.Peer;
import io.github.gracefulboot.traffic.Traffic;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Closes real listening sockets while clients connect to them without pause.
 */
@EnabledOnOs(OS.LINUX)
class ListenerSilencerTests {

	private static final int CLOSES = 30;

	private static final int CLIENTS = 8;

	private final Traffic traffic = new Traffic(System::nanoTime);

	/**
	 * Who runs the tests may lack the privilege that the filter needs on recent kernels.
	 */
	@ParameterizedTest
	@MethodSource("handshakeStops")
	void whenListenerIsSilencedBeforeItIsClosedThenNoEstablishedConnectionIsReset(Callable<IntConsumer> handshakeStop)
			throws Exception {
		Assumptions.assumeTrue(isPermitted(handshakeStop), "The kernel refuses this way: run as root");
		Tally tally = closeUnderLoad(handshakeStop);
		assertThat(tally.served).hasPositiveValue();
		assertThat(tally.reset).hasValue(0);
	}

	@Test
	void whenListenerIsJustClosedThenConnectionsAreReset() throws Exception {
		assertThat(closeUnderLoad(null).reset).hasPositiveValue();
	}

	@Test
	void whenProcessDoesNotListenOnThePortThenSaysNo() throws Exception {
		int port;
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			port = socket.getLocalPort();
		}
		assertThat(silence(port, () -> new HandshakeStop()::apply)).isFalse();
	}

	@Test
	void whenNoClientEverCameThenDoesNotEvenLoadTheLibrary() throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			ListenerSilencer silencer = new ListenerSilencer(this.traffic, true, () -> false);
			silencer.announceStop(deadline());
			assertThat(silencer.silence(socket.getLocalPort(), deadline())).isFalse();
		}
	}

	@Test
	void whenOthersServeThePortOnThenItIsNotTouched() throws Exception {
		AtomicInteger stopped = new AtomicInteger();
		this.traffic.requestCame(() -> new Peer("192.0.2.1", false));
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			ListenerSilencer silencer = new ListenerSilencer(this.traffic, true, () -> true, () -> stopped::set);
			silencer.announceStop(deadline());
			assertThat(silencer.silence(socket.getLocalPort(), deadline())).isFalse();
			assertThat(stopped).hasValue(0);
		}
	}

	@Test
	void whenUnixDomainSocketIsAtRestThenSaysSoAndNobodyFindsItAnyMore(@TempDir Path directory) throws Exception {
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
		try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
				SocketChannel client = SocketChannel.open(address);
				SocketChannel accepted = listener.accept()) {
			assertThat(new ListenerSilencer(this.traffic, true, () -> false).silence(address.getPath(), deadline()))
				.isTrue();
			assertThat(address.getPath()).doesNotExist();
		}
	}

	@Test
	void whenConnectionWaitsInTheQueueOfAUnixDomainSocketThenItIsNotAtRest(@TempDir Path directory) throws Exception {
		UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
		try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
				SocketChannel client = SocketChannel.open(address)) {
			assertThat(new ListenerSilencer(this.traffic, true, () -> false).silence(address.getPath(), deadline()))
				.isFalse();
		}
	}

	private static Stream<Arguments> handshakeStops() {
		return Stream.of(Arguments.argumentSet("whatever works", handshakeStop((stop) -> stop::apply)),
				Arguments.argumentSet("an interface that does not exist",
						handshakeStop((stop) -> stop::bindToNoInterface)),
				Arguments.argumentSet("a filter", handshakeStop((stop) -> stop::attachFilter)));
	}

	private static Callable<IntConsumer> handshakeStop(Function<HandshakeStop, IntConsumer> way) {
		return () -> way.apply(new HandshakeStop());
	}

	private static boolean isPermitted(Callable<IntConsumer> handshakeStop) throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			for (int descriptor : new ListeningSocket(socket.getLocalPort()).descriptors()) {
				handshakeStop.call().accept(descriptor);
			}
			return true;
		}
		catch (LastErrorException ex) {
			return false;
		}
	}

	private boolean silence(int port, Callable<IntConsumer> handshakeStop) {
		this.traffic.requestCame(() -> new Peer("192.0.2.1", false));
		ListenerSilencer silencer = new ListenerSilencer(this.traffic, true, () -> false, handshakeStop);
		silencer.announceStop(deadline());
		return silencer.silence(port, deadline());
	}

	private static Deadline deadline() {
		return Deadline.after(System::nanoTime, Duration.ofSeconds(10));
	}

	private Tally closeUnderLoad(@Nullable Callable<IntConsumer> handshakeStop) throws Exception {
		Tally tally = new Tally();
		for (int i = 0; i < CLOSES; i++) {
			closeOnceUnderLoad(handshakeStop, tally);
		}
		return tally;
	}

	private void closeOnceUnderLoad(@Nullable Callable<IntConsumer> handshakeStop, Tally tally) throws Exception {
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
			if (handshakeStop != null) {
				assertThat(silence(listener.getLocalPort(), handshakeStop)).isTrue();
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
