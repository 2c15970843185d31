package io.github.gracefulboot.socket;

import java.io.IOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Accepts connections of an inherited listener until they are to be left to the next
 * process. The listener itself is not closed, since the JDK would close the standard
 * streams of the process with it, and the log of the shutdown would be lost.
 */
public final class InheritedAcceptor {

	private final ServerSocketChannel listener;

	private final Selector selector;

	/**
	 * Creates an acceptor.
	 * @param listener the inherited channel
	 * @throws IOException if the channel cannot be registered with a selector
	 */
	public InheritedAcceptor(ServerSocketChannel listener) throws IOException {
		this.listener = listener;
		this.selector = Selector.open();
		listener.configureBlocking(false);
		listener.register(this.selector, SelectionKey.OP_ACCEPT);
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
				SocketChannel socket = this.listener.accept();
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
	 * Makes the waiting thread evaluate again whether to stop waiting.
	 */
	public void wakeUp() {
		this.selector.wakeup();
	}

	/**
	 * Stops accepting. Pending connections are left to the next process.
	 * @throws IOException if the wait cannot be ended
	 */
	public void close() throws IOException {
		this.selector.close();
	}

}
