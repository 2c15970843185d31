package io.github.gracefulboot.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.gracefulboot.startup.warmup.SideDoor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * The listening sockets that web servers of this application share with other processes.
 */
public final class Listeners implements SideDoor, AopInfrastructureBean {

	private final List<ListenerSource> sources;

	private final List<SharedListener> shared = new CopyOnWriteArrayList<>();

	private volatile @Nullable SharedListener main;

	/**
	 * Creates the listeners.
	 * @param sources who is asked for them, in this order
	 */
	public Listeners(List<ListenerSource> sources) {
		this.sources = sources;
	}

	/**
	 * Returns the listener that a web server is to use.
	 * @param host the address that is configured, or {@code null} for every address of
	 * the machine
	 * @param port the port that is configured, or 0 for any
	 * @param main whether it is the main one of the application
	 * @return the listener, or {@code null} if the server opens its own
	 */
	public @Nullable SharedListener listener(@Nullable InetAddress host, int port, boolean main) {
		for (ListenerSource source : this.sources) {
			SharedListener listener = source.listener(host, port, main);
			if (listener != null) {
				this.shared.add(listener);
				this.main = main ? listener : this.main;
				return listener;
			}
		}
		return null;
	}

	/**
	 * Returns whether a supervisor keeps the socket of the main web server.
	 * @return whether it goes on to be there without a process
	 */
	public boolean isMainKept() {
		SharedListener main = this.main;
		return main != null && main.isKept();
	}

	/**
	 * Accepts connections on all listeners from now on.
	 * @throws IOException if that fails
	 */
	public void open() throws IOException {
		for (SharedListener listener : this.shared) {
			listener.open();
		}
	}

	@Override
	public @Nullable InetSocketAddress sideDoor() {
		SharedListener main = this.main;
		try {
			return (main != null) ? (InetSocketAddress) main.sideDoor() : null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
