package io.github.gracefulboot.web.tomcat;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.socket.InheritedAcceptor;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.OpenConnection.State;
import org.apache.coyote.Processor;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat's NIO endpoint, which in addition lists its connections and whose listener can
 * be closed while requests on open connections are still served. Tomcat's own way, to
 * pause the endpoint, answers those with an error.
 */
class DrainableNioEndpoint extends NioEndpoint {

	private volatile Runnable onConnectionClosed = () -> {
	};

	private volatile boolean closingListener;

	private volatile @Nullable InheritedAcceptor inherited;

	private boolean adopting;

	void setOnConnectionClosed(Runnable onConnectionClosed) {
		this.onConnectionClosed = onConnectionClosed;
	}

	/**
	 * Closes the listener. The acceptor stays in its call until the close wakes it, so
	 * that it takes what comes up to the last moment; Tomcat would wake it before, by a
	 * connection to itself, and drop what it accepts after.
	 */
	void closeListener() {
		this.closingListener = true;
		closeServerSocketGraceful();
	}

	@Override
	protected void unlockAccept() {
		InheritedAcceptor inherited = this.inherited;
		if (inherited != null) {
			inherited.wakeUp();
		}
		else if (!this.closingListener) {
			super.unlockAccept();
		}
	}

	@Override
	protected void initServerSocket() throws Exception {
		super.initServerSocket();
		if (getUseInheritedChannel()) {
			this.inherited = new InheritedAcceptor((ServerSocketChannel) getServerSocket());
		}
	}

	@Override
	protected void doCloseServerSocket() throws IOException {
		InheritedAcceptor inherited = this.inherited;
		if (inherited != null) {
			inherited.close();
		}
		try {
			super.doCloseServerSocket();
		}
		catch (NoSuchFileException ex) {
			if (!this.closingListener) {
				throw ex;
			}
			// The file of a Unix domain socket is removed before the socket is closed
		}
	}

	/**
	 * Returns nothing to the acceptor, rather than an error that it would log, when the
	 * listener was closed on purpose.
	 */
	@Override
	protected @Nullable SocketChannel serverSocketAccept() throws Exception {
		InheritedAcceptor inherited = this.inherited;
		try {
			return (inherited != null) ? inherited.accept(this::isPaused) : super.serverSocketAccept();
		}
		catch (ClosedChannelException | NullPointerException ex) {
			if (this.closingListener) {
				return null;
			}
			throw ex;
		}
	}

	/**
	 * Serves what was accepted in the moment of the close. The acceptor hands it over to
	 * be destroyed.
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

	Collection<OpenConnection> openConnections() {
		long nowNanos = System.nanoTime();
		long nowMillis = System.currentTimeMillis();
		List<OpenConnection> result = new ArrayList<>();
		for (SocketWrapperBase<NioChannel> wrapper : this.connections.values()) {
			NioSocketWrapper connection = (NioSocketWrapper) wrapper;
			long idleMillis = nowMillis - Math.max(connection.getLastRead(), connection.getLastWrite());
			result.add(new OpenConnection(connection, state(connection),
					nowNanos - TimeUnit.MILLISECONDS.toNanos(idleMillis)));
		}
		return result;
	}

	/**
	 * While the poller watches for bytes and nobody holds the connection's lock, it is
	 * the client's turn. The poller stops watching before it passes a connection on to
	 * the executor, where it may wait for a thread.
	 */
	private static State state(NioSocketWrapper connection) {
		Object processor = connection.getCurrentProcessor();
		Http2Connection http2 = Http2Connection.of(processor);
		if (http2 == null && processor instanceof Processor current && current.isUpgrade()) {
			return State.UPGRADED;
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

	private static boolean isBeingProcessed(NioSocketWrapper connection) {
		return connection.getLock().isLocked() && !connection.getLock().isHeldByCurrentThread();
	}

	private static boolean isWriting(NioSocketWrapper connection) {
		return connection.interestOpsHas(SelectionKey.OP_WRITE);
	}

	/**
	 * Tells the clients of HTTP/2 connections to send their next requests elsewhere.
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
	 * Closes the connections on which nothing is in flight and nothing has arrived.
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
			return false;
		}
		try {
			// Looked for twice: nobody holds the lock who reads from an HTTP/2 connection
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
	 * Returns whether bytes wait in the socket that the poller has not noticed yet.
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
