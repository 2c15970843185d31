package io.github.gracefulboot.web.tomcat;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;

import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.socket.SharedListenerChannel;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.OpenConnection.State;
import io.github.gracefulboot.traffic.OpenConnection.Upgrade;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketProcessorBase;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Extends Tomcat's NIO endpoint, so that it lists its connections and its listener can be
 * closed while requests on open connections are still served. If the endpoint were
 * paused, as Tomcat does, it would answer those with an error.
 */
class DrainableNioEndpoint extends NioEndpoint {

	private volatile Runnable onConnectionClosed = () -> {
	};

	private volatile boolean closingListener;

	private volatile @Nullable SharedListener shared;

	private volatile @Nullable SharedListenerChannel sharedChannel;

	private boolean adopting;

	private final LastActivity lastActivity = new LastActivity();

	private final Map<SocketWrapperBase<?>, Thread> threads = new ConcurrentHashMap<>();

	/**
	 * Upgraded connections, which Tomcat does not tell while a thread works on them. They
	 * have no end that is told of either, and refer to their sockets.
	 */
	private final Map<SocketWrapperBase<?>, WeakReference<UpgradedConnection>> upgraded = Collections
		.synchronizedMap(new WeakHashMap<>());

	void setOnConnectionClosed(Runnable onConnectionClosed) {
		this.onConnectionClosed = onConnectionClosed;
	}

	/**
	 * Makes the endpoint accept connections of a listener that exists already.
	 * @param shared the listener, or {@code null} to open one of its own
	 */
	void setSharedListener(@Nullable SharedListener shared) {
		this.shared = shared;
	}

	@Nullable SharedListener getSharedListener() {
		return this.shared;
	}

	/**
	 * Closes the listener. The acceptor remains blocked until then, so that it accepts
	 * connections up to the last moment. Tomcat would wake it before by connecting to
	 * itself, and drop connections that it accepts afterwards.
	 */
	void closeListener() {
		this.closingListener = true;
		closeServerSocketGraceful();
	}

	@Override
	protected void unlockAccept() {
		SharedListener shared = this.shared;
		if (shared != null) {
			shared.wakeUp();
		}
		else if (!this.closingListener) {
			super.unlockAccept();
		}
	}

	@Override
	protected void initServerSocket() throws Exception {
		SharedListener configured = this.shared;
		SharedListener shared = (configured != null) ? configured.forStart() : null;
		this.shared = shared;
		this.sharedChannel = (shared != null) ? new SharedListenerChannel(shared) : null;
		if (shared == null) {
			super.initServerSocket();
		}
	}

	@Override
	protected @Nullable NetworkChannel getServerSocket() {
		SharedListenerChannel channel = this.sharedChannel;
		return (channel != null) ? channel : super.getServerSocket();
	}

	@Override
	protected void doCloseServerSocket() throws IOException {
		SharedListener shared = this.shared;
		if (shared != null) {
			shared.close();
		}
		try {
			super.doCloseServerSocket();
		}
		catch (NoSuchFileException ex) {
			if (!this.closingListener) {
				throw ex;
			}
			// The file of a Unix domain socket is deleted before the socket is closed
		}
	}

	/**
	 * Returns {@code null} to the acceptor, rather than throwing an exception that it
	 * would log, if the listener was closed on purpose.
	 */
	@Override
	protected @Nullable SocketChannel serverSocketAccept() throws Exception {
		SharedListener shared = this.shared;
		try {
			return (shared != null) ? shared.accept(this::isPaused) : super.serverSocketAccept();
		}
		catch (ClosedChannelException | NullPointerException ex) {
			if (this.closingListener) {
				return null;
			}
			throw ex;
		}
	}

	/**
	 * Serves a connection that was accepted at the moment of the close, which the
	 * acceptor passes on to be destroyed.
	 */
	@Override
	protected void destroySocket(@Nullable SocketChannel socket) {
		if (socket == null) {
			countDownConnection();
		}
		else if (this.closingListener && isRunning() && !this.adopting) {
			this.adopting = true;
			if (!setSocketOptions(socket)) {
				closeSocket(socket);
			}
			this.adopting = false;
		}
		else {
			super.destroySocket(socket);
		}
	}

	@Override
	protected long countDownConnection() {
		long result = super.countDownConnection();
		this.onConnectionClosed.run();
		return result;
	}

	/**
	 * Remembers the thread of each connection that is being processed.
	 */
	@Override
	protected SocketProcessorBase<NioChannel> createSocketProcessor(SocketWrapperBase<NioChannel> connection,
			SocketEvent event) {
		return new SocketProcessor(connection, event) {

			@Override
			protected void doRun() {
				SocketWrapperBase<NioChannel> processed = this.socketWrapper;
				DrainableNioEndpoint.this.threads.put(processed, Thread.currentThread());
				try {
					super.doRun();
				}
				finally {
					DrainableNioEndpoint.this.threads.remove(processed);
				}
			}

		};
	}

	Collection<OpenConnection> openConnections() {
		long nowNanos = System.nanoTime();
		long nowMillis = System.currentTimeMillis();
		List<OpenConnection> result = new ArrayList<>();
		for (SocketWrapperBase<NioChannel> wrapper : this.connections.values()) {
			NioSocketWrapper connection = (NioSocketWrapper) wrapper;
			long noted = Math.max(connection.getLastRead(), connection.getLastWrite());
			result.add(new OpenConnection(connection, state(connection),
					this.lastActivity.of(connection, noted, nowMillis, nowNanos), upgrade(connection)));
		}
		return result;
	}

	void upgraded(SocketWrapperBase<?> connection, UpgradedConnection upgraded) {
		this.upgraded.put(connection, new WeakReference<>(upgraded));
	}

	private @Nullable Upgrade upgrade(NioSocketWrapper connection) {
		WeakReference<UpgradedConnection> reference = this.upgraded.get(connection);
		UpgradedConnection upgraded = (reference != null) ? reference.get() : null;
		return (upgraded != null) ? upgraded.toUpgrade() : null;
	}

	/**
	 * Returns the state of a connection. It is waiting for the client while the poller
	 * watches for bytes and the lock of the connection is free. The poller stops watching
	 * before it passes the connection on to the executor, where it may wait for a thread.
	 */
	private State state(NioSocketWrapper connection) {
		Object processor = connection.getCurrentProcessor();
		Http2Connection http2 = Http2Connection.of(processor);
		if (http2 == null && processor instanceof Processor current && current.isUpgrade()) {
			return State.UPGRADED;
		}
		if (isSwallowing(connection)) {
			return State.READING;
		}
		if (isBeingProcessed(connection) || !connection.interestOpsHas(SelectionKey.OP_READ)) {
			return State.BUSY;
		}
		if (http2 != null) {
			return isWriting(connection) ? State.BUSY : http2.state();
		}
		if (processor != null) {
			return State.READING;
		}
		return (connection.getLastRead() == connection.getLastWrite()) ? State.FRESH : State.IDLE;
	}

	/**
	 * Returns whether Tomcat waits for the rest of a request that was answered before it
	 * had been read, and throws it away. The client may never send it.
	 */
	private boolean isSwallowing(NioSocketWrapper connection) {
		Thread thread = connection.interestOpsHas(SelectionKey.OP_READ) ? this.threads.get(connection) : null;
		return thread != null && Arrays.stream(thread.getStackTrace())
			.anyMatch((frame) -> frame.getMethodName().equals("endRequest")
					&& frame.getClassName().equals(Http11InputBuffer.class.getName()));
	}

	private static boolean isBeingProcessed(NioSocketWrapper connection) {
		return connection.getLock().isLocked() && !connection.getLock().isHeldByCurrentThread();
	}

	private static boolean isWriting(NioSocketWrapper connection) {
		return connection.interestOpsHas(SelectionKey.OP_WRITE);
	}

	/**
	 * Tells HTTP/2 clients to send further requests elsewhere.
	 */
	void tellHttp2ClientsToLeave() {
		for (SocketWrapperBase<NioChannel> connection : this.connections.values()) {
			Http2Connection http2 = Http2Connection.of(connection.getCurrentProcessor());
			if (http2 != null) {
				http2.tellToLeaveIfServed(isWriting((NioSocketWrapper) connection));
			}
		}
	}

	/**
	 * Closes the connections on which no request is in flight and no data has arrived.
	 * @return whether no other connection is left
	 */
	boolean closeIdleConnections() {
		boolean closedAll = true;
		for (SocketWrapperBase<NioChannel> wrapper : this.connections.values()) {
			closedAll &= closeIfIdle((NioSocketWrapper) wrapper);
		}
		return closedAll;
	}

	private boolean closeIfIdle(NioSocketWrapper connection) {
		if (!connection.getLock().tryLock()) {
			// The server stops without it
			return isSwallowing(connection);
		}
		try {
			// Checked twice, since the lock is not held while an HTTP/2 connection is
			// read
			boolean arrived = hasArrived(connection);
			State state = state(connection);
			if (connection.isClosed() || state == State.UPGRADED) {
				return true;
			}
			if (state == State.BUSY || arrived || hasArrived(connection)) {
				return false;
			}
			close(connection);
			return true;
		}
		finally {
			connection.getLock().unlock();
		}
	}

	private static void close(NioSocketWrapper connection) {
		Http2Connection http2 = Http2Connection.of(connection.getCurrentProcessor());
		if (http2 != null) {
			http2.close();
		}
		connection.close();
	}

	/**
	 * Returns whether the socket contains bytes that the poller has not noticed yet.
	 */
	private boolean hasArrived(NioSocketWrapper connection) {
		if (getUnixDomainSocketPath() != null) {
			return false;
		}
		try {
			return connection.getSocket().getIOChannel().socket().getInputStream().available() > 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
