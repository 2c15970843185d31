package io.github.gracefulboot.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A listening socket that other processes have open too, and go on to use. It was
 * inherited from the supervisor, or taken over from the running instance. Connections
 * that are not accepted here are left to the others.
 */
public final class SharedListener {

	private final ServerSocketChannel listener;

	private final SocketAddress address;

	private final boolean kept;

	private final boolean inherited;

	private final Selector selector;

	private final SelectionKey key;

	private volatile boolean open;

	private volatile @Nullable ServerSocketChannel sideDoor;

	private SharedListener(ServerSocketChannel listener, SocketAddress address, boolean kept, boolean inherited)
			throws IOException {
		this.listener = listener;
		this.address = address;
		this.kept = kept;
		this.inherited = inherited;
		this.open = inherited;
		this.selector = Selector.open();
		listener.configureBlocking(false);
		this.key = listener.register(this.selector, inherited ? SelectionKey.OP_ACCEPT : 0);
	}

	/**
	 * Takes over the listener that was inherited as standard input. The channel itself is
	 * never closed, since the JDK would close the standard streams of the process with
	 * it, and the log of the shutdown would be lost.
	 * @param listener the inherited channel
	 * @return the listener, which accepts connections
	 * @throws IOException if the channel cannot be used
	 */
	public static SharedListener inherited(ServerSocketChannel listener) throws IOException {
		return new SharedListener(listener, listener.getLocalAddress(), true, true);
	}

	/**
	 * Takes over a listener of the running instance.
	 * @param listener a channel that uses its socket
	 * @param address where it listens, which the channel does not know
	 * @param kept whether a supervisor keeps the socket for later processes
	 * @return the listener, which accepts nothing until it is {@link #open() opened}
	 * @throws IOException if the channel cannot be used
	 */
	static SharedListener takenOver(ServerSocketChannel listener, InetSocketAddress address, boolean kept)
			throws IOException {
		return new SharedListener(listener, address, kept, false);
	}

	/**
	 * Waits for a connection.
	 * @param paused whether to stop waiting, evaluated after each {@link #wakeUp()}
	 * @return the connection, or {@code null} if the wait was ended
	 * @throws IOException if accepting fails
	 */
	public @Nullable SocketChannel accept(BooleanSupplier paused) throws IOException {
		try {
			while (this.selector.isOpen() && !paused.getAsBoolean()) {
				SocketChannel socket = acceptNow();
				if (socket != null) {
					return socket;
				}
				this.selector.select((key) -> {
				});
			}
		}
		catch (ClosedSelectorException ex) {
			// Closed while it was not waiting
		}
		return null;
	}

	/**
	 * Accepts a connection that waits.
	 * @return the connection, or {@code null} if there is none
	 * @throws IOException if accepting fails
	 */
	private @Nullable SocketChannel acceptNow() throws IOException {
		SocketChannel socket = this.open ? this.listener.accept() : null;
		ServerSocketChannel sideDoor = this.sideDoor;
		if (socket != null || sideDoor == null) {
			return socket;
		}
		try {
			return sideDoor.accept();
		}
		catch (ClosedChannelException ex) {
			// Since a moment ago clients are accepted
			return null;
		}
	}

	/**
	 * Accepts the connections of clients from now on.
	 * @throws IOException if the side door cannot be closed
	 */
	public synchronized void open() throws IOException {
		this.open = true;
		ServerSocketChannel sideDoor = this.sideDoor;
		if (sideDoor != null) {
			this.sideDoor = null;
			sideDoor.close();
		}
		if (this.selector.isOpen()) {
			this.key.interestOps(SelectionKey.OP_ACCEPT);
			wakeUp();
		}
	}

	/**
	 * Returns where the application itself can connect to this process and to no other.
	 * @return an address of the machine itself, or {@code null} if clients are accepted
	 * already
	 * @throws IOException if there can be none
	 */
	public synchronized @Nullable SocketAddress sideDoor() throws IOException {
		if (this.open) {
			return null;
		}
		ServerSocketChannel sideDoor = this.sideDoor;
		if (sideDoor == null) {
			sideDoor = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			sideDoor.configureBlocking(false);
			sideDoor.register(this.selector, SelectionKey.OP_ACCEPT);
			this.sideDoor = sideDoor;
			wakeUp();
		}
		return sideDoor.getLocalAddress();
	}

	/**
	 * Makes the waiting thread evaluate again whether to stop waiting.
	 */
	public void wakeUp() {
		this.selector.wakeup();
	}

	/**
	 * Returns what a server uses that starts, perhaps not for the first time.
	 * @return the listener, or {@code null} if it was closed for good
	 * @throws IOException if the channel cannot be used again
	 */
	public @Nullable SharedListener forStart() throws IOException {
		if (this.selector.isOpen()) {
			return this;
		}
		return this.inherited ? inherited(this.listener) : null;
	}

	/**
	 * Returns the channel, which is not to be accepted from.
	 * @return the channel
	 */
	public ServerSocketChannel channel() {
		return this.listener;
	}

	/**
	 * Returns where clients connect.
	 * @return the address
	 */
	public SocketAddress address() {
		return this.address;
	}

	/**
	 * Returns whether a supervisor keeps the socket, so that nothing may be changed of it
	 * that would outlive this process.
	 * @return whether it is kept
	 */
	public boolean isKept() {
		return this.kept;
	}

	/**
	 * Stops accepting. Pending connections are left to the others.
	 * @throws IOException if the wait cannot be ended
	 */
	public void close() throws IOException {
		this.selector.close();
		ServerSocketChannel sideDoor = this.sideDoor;
		if (sideDoor != null) {
			sideDoor.close();
		}
		if (!this.inherited) {
			this.listener.close();
		}
	}

}
