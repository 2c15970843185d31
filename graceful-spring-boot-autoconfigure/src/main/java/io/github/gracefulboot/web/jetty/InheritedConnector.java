package io.github.gracefulboot.web.jetty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;

import io.github.gracefulboot.socket.InheritedAcceptor;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * The channel through which Jetty uses the inherited listener: closing it ends the
 * accepting of connections, while the listener itself stays open for the next process.
 */
final class InheritedConnector extends ServerSocketChannel {

	private final ServerSocketChannel listener;

	private final InheritedAcceptor acceptor;

	InheritedConnector(ServerSocketChannel listener) throws IOException {
		super(listener.provider());
		this.listener = listener;
		this.acceptor = new InheritedAcceptor(listener);
	}

	@Override
	public @Nullable SocketChannel accept() throws IOException {
		SocketChannel socket = null;
		try {
			begin();
			socket = this.acceptor.accept(() -> !isOpen());
			return socket;
		}
		finally {
			end(socket != null);
		}
	}

	@Override
	protected void implCloseSelectableChannel() throws IOException {
		this.acceptor.close();
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
		return this.listener.getLocalAddress();
	}

	@Override
	public ServerSocket socket() {
		return this.listener.socket();
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
	 * Opens a connector with the inherited listener each time it starts.
	 */
	static final class Opener implements LifeCycle.Listener {

		@Override
		public void lifeCycleStarting(LifeCycle connector) {
			try {
				if (System.inheritedChannel() instanceof ServerSocketChannel inherited) {
					((ServerConnector) connector).open(new InheritedConnector(inherited));
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
