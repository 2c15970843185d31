package io.github.gracefulboot.web.netty;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;

import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.socket.SharedListener;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * The channel through which Netty uses a listener that exists already. Connections are
 * accepted on a thread of its own rather than by the event loop.
 */
final class NettyListener extends NioServerSocketChannel {

	private static final Log logger = LogFactory.getLog(NettyListener.class);

	private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

	private final SharedListener shared;

	private volatile boolean bound;

	private volatile boolean closed;

	private boolean failed;

	NettyListener(SharedListener shared) {
		super(shared.channel());
		this.shared = shared;
	}

	/**
	 * Begins to accept connections: the listener is bound.
	 */
	@Override
	protected void doBind(SocketAddress localAddress) {
		this.bound = true;
		DaemonThreads.start("graceful-netty-acceptor", this::acceptAll);
	}

	private void acceptAll() {
		boolean goesOn = true;
		while (goesOn) {
			try {
				goesOn = acceptOne();
			}
			catch (IOException | RuntimeException | Error ex) {
				goesOn = !this.closed && pauseAfter(ex);
			}
		}
	}

	private boolean acceptOne() throws IOException {
		SocketChannel socket = this.shared.accept(() -> this.closed);
		if (socket != null) {
			pass(socket);
		}
		return socket != null;
	}

	/**
	 * Waits, since what keeps connections from being accepted, such as too many open
	 * files, may be over in a while.
	 */
	private boolean pauseAfter(Throwable failure) {
		if (!this.failed) {
			this.failed = true;
			logger.warn(LogMessage.format("Could not accept connections, trying again: %s", failure));
		}
		try {
			Thread.sleep(AFTER_FAILURE.toMillis());
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private void pass(SocketChannel socket) throws IOException {
		try {
			NioSocketChannel connection = new NioSocketChannel(this, socket);
			eventLoop().execute(() -> {
				pipeline().fireChannelRead(connection);
				pipeline().fireChannelReadComplete();
			});
		}
		catch (RejectedExecutionException ex) {
			socket.close();
		}
		catch (RuntimeException | Error ex) {
			socket.close();
			throw ex;
		}
	}

	/**
	 * Has no effect, since the event loop accepts nothing.
	 */
	@Override
	protected void doBeginRead() {
	}

	@Override
	protected void doClose() throws IOException {
		this.closed = true;
		this.shared.close();
	}

	@Override
	public boolean isOpen() {
		return !this.closed && super.isOpen();
	}

	@Override
	public boolean isActive() {
		return isOpen() && this.bound;
	}

	@Override
	protected SocketAddress localAddress0() {
		return this.shared.address();
	}

}
