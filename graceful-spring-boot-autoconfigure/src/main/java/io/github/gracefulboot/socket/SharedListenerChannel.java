package io.github.gracefulboot.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The channel through which a server uses a listener that it shares with other processes:
 * closing it ends the accepting of connections, which are left to the others.
 */
public final class SharedListenerChannel extends ServerSocketChannel {

	private final ServerSocketChannel listener;

	private final SharedListener shared;

	private final ServerSocket socket;

	/**
	 * Creates the channel.
	 * @param shared the listener
	 * @throws IOException if it cannot be created
	 */
	public SharedListenerChannel(SharedListener shared) throws IOException {
		super(shared.channel().provider());
		this.socket = new BoundSocket(shared.address());
		this.listener = shared.channel();
		this.shared = shared;
	}

	@Override
	public @Nullable SocketChannel accept() throws IOException {
		SocketChannel socket = null;
		try {
			begin();
			socket = this.shared.accept(() -> !isOpen());
			return socket;
		}
		finally {
			end(socket != null);
		}
	}

	@Override
	protected void implCloseSelectableChannel() throws IOException {
		this.shared.close();
	}

	/**
	 * Has no effect, since {@link #accept()} always blocks.
	 */
	@Override
	protected void implConfigureBlocking(boolean block) {
	}

	@Override
	public ServerSocketChannel bind(@Nullable SocketAddress local, int backlog) throws IOException {
		this.listener.bind(local, backlog);
		return this;
	}

	@Override
	public SocketAddress getLocalAddress() throws IOException {
		return this.shared.address();
	}

	@Override
	public ServerSocket socket() {
		return this.socket;
	}

	@Override
	public <T> ServerSocketChannel setOption(SocketOption<T> name, T value) throws IOException {
		this.listener.setOption(name, value);
		return this;
	}

	@Override
	public <T> T getOption(SocketOption<T> name) throws IOException {
		return this.listener.getOption(name);
	}

	@Override
	public Set<SocketOption<?>> supportedOptions() {
		return this.listener.supportedOptions();
	}

	/**
	 * The socket of the channel, of which servers ask for the address only.
	 */
	private static final class BoundSocket extends ServerSocket {

		private final InetSocketAddress address;

		private BoundSocket(SocketAddress address) throws IOException {
			this.address = (InetSocketAddress) address;
		}

		@Override
		public int getLocalPort() {
			return this.address.getPort();
		}

		@Override
		public InetAddress getInetAddress() {
			return this.address.getAddress();
		}

		@Override
		public SocketAddress getLocalSocketAddress() {
			return this.address;
		}

	}

}
