package io.github.gracefulboot.test.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;

/**
 * One client connection to a port of the loopback interface. It repeats nothing: what
 * goes wrong is told as it is.
 */
public final class HttpConnection implements AutoCloseable {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

	private final SocketChannel channel;

	private final HttpReader reader;

	private boolean reused;

	private boolean reusable = true;

	private HttpConnection(SocketChannel channel) throws IOException {
		this.channel = channel;
		this.reader = new HttpReader(channel.socket().getInputStream());
	}

	public static HttpConnection open(int port, Duration responseTimeout) throws HttpFailureException {
		try {
			SocketChannel channel = SocketChannel.open();
			try {
				channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
				channel.socket().setSoTimeout((int) responseTimeout.toMillis());
				channel.socket()
					.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
							(int) CONNECT_TIMEOUT.toMillis());
				return new HttpConnection(channel);
			}
			catch (IOException ex) {
				channel.close();
				throw ex;
			}
		}
		catch (SocketTimeoutException ex) {
			throw new HttpFailureException(FailureKind.CONNECT_TIMEOUT, ex);
		}
		catch (IOException ex) {
			throw new HttpFailureException(FailureKind.REFUSED, ex);
		}
	}

	/**
	 * Sends one GET on a connection of its own.
	 * @param port a port of the loopback interface
	 * @param path where to
	 * @param timeout how long the response may take
	 * @return the response
	 * @throws HttpFailureException if there was none
	 */
	public static HttpMessage get(int port, String path, Duration timeout) throws HttpFailureException {
		try (HttpConnection connection = open(port, timeout)) {
			return connection.exchange(HttpMessage.get(path, Map.of("Connection", "close")));
		}
	}

	public HttpMessage exchange(HttpMessage request) throws HttpFailureException {
		send(request);
		return receive(request);
	}

	/**
	 * Sends a request.
	 * @param request what is sent
	 * @throws HttpFailureException if the other side is gone
	 */
	public void send(HttpMessage request) throws HttpFailureException {
		try {
			this.channel.socket().getOutputStream().write(request.encoded());
		}
		catch (IOException ex) {
			throw new HttpFailureException(classify(), ex);
		}
	}

	/**
	 * Waits for the response to a request that was sent.
	 * @param request what was sent
	 * @return the response
	 * @throws HttpFailureException if it does not come, or not whole
	 */
	public HttpMessage receive(HttpMessage request) throws HttpFailureException {
		try {
			HttpMessage response = this.reader.readResponse();
			this.reused = true;
			this.reusable = request.keepsAlive() && response.keepsAlive();
			return response;
		}
		catch (SocketTimeoutException ex) {
			throw new HttpFailureException(FailureKind.TIMEOUT, ex);
		}
		catch (IOException ex) {
			throw new HttpFailureException(classify(), ex);
		}
	}

	private FailureKind classify() {
		if (this.reader.isInsideMessage()) {
			return FailureKind.TRUNCATED;
		}
		return this.reused ? FailureKind.RESET_REUSED : FailureKind.RESET_NEW;
	}

	/**
	 * Whether neither side has announced that it closes the connection.
	 * @return whether it can carry one more request
	 */
	public boolean isReusable() {
		return this.reusable;
	}

	/**
	 * Whether the other side has neither closed this idle connection nor sent anything.
	 * @return whether it can still be used
	 */
	public boolean isIdle() {
		try {
			this.channel.configureBlocking(false);
			boolean silent = this.channel.read(ByteBuffer.allocate(1)) == 0;
			this.channel.configureBlocking(true);
			return silent;
		}
		catch (IOException ex) {
			return false;
		}
	}

	public int localPort() {
		return this.channel.socket().getLocalPort();
	}

	@Override
	public void close() {
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
