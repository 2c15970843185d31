package io.github.gracefulboot.socket;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;

import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.traffic.Traffic;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Brings a listening socket to rest before it is closed: no new handshake begins, and
 * every connection that was begun has been accepted. Whoever closes a socket that is not
 * at rest resets the connections in its queue, on which clients may have sent requests.
 * <p>
 * Works on Linux, with JNA, for every server whose acceptor is running. Elsewhere it says
 * so once, and the few connections of that instant may be reset.
 *
 * @since 0.1.0
 */
public final class ListenerSilencer implements Announcer {

	private static final Log logger = LogFactory.getLog(ListenerSilencer.class);

	/**
	 * How long a handshake that was begun may go unseen in the kernel's tables.
	 */
	private static final Duration SETTLING = Duration.ofMillis(5);

	/**
	 * A handshake whose client vanished is repeated for a minute. Nobody waits for it.
	 */
	private static final Duration LONGEST_WAIT = Duration.ofMillis(300);

	private final Traffic traffic;

	private final boolean enabled;

	/**
	 * Loads JNA's classes only when it runs.
	 */
	private final FutureTask<IntConsumer> handshakeStop;

	/**
	 * Creates the silencer.
	 * @param traffic tells whether there ever was a client
	 * @param enabled whether clients may still come, so that it is worth it
	 */
	public ListenerSilencer(Traffic traffic, boolean enabled) {
		this(traffic, enabled, () -> new HandshakeStop()::apply);
	}

	ListenerSilencer(Traffic traffic, boolean enabled, Callable<IntConsumer> handshakeStop) {
		this.traffic = traffic;
		this.enabled = enabled;
		this.handshakeStop = new FutureTask<>(handshakeStop);
	}

	/**
	 * Loads the native library, which takes a while, beside the lame duck stage. Not for
	 * an application that no client ever spoke to.
	 */
	@Override
	public void announceStop(Deadline deadline) {
		if (this.enabled && hadClients()) {
			DaemonThreads.start("graceful-native", this.handshakeStop);
		}
		else {
			this.handshakeStop.cancel(false);
		}
	}

	private boolean hadClients() {
		return this.traffic.lastRequest().isPresent() || !this.traffic.activeProbers().isEmpty()
				|| !this.traffic.openConnections().isEmpty();
	}

	/**
	 * Brings the listening sockets of a port to rest. Does nothing if this process does
	 * not listen on it or never had a client.
	 * @param port the local port
	 * @param deadline when to give up
	 * @return whether the sockets are at rest
	 */
	public boolean silence(int port, Deadline deadline) {
		if (port <= 0 || this.handshakeStop.isCancelled()) {
			return false;
		}
		ListeningSocket socket = new ListeningSocket(port);
		try {
			Set<Integer> descriptors = socket.descriptors();
			IntConsumer handshakeStop = this.handshakeStop.get(deadline.remaining().toMillis(), TimeUnit.MILLISECONDS);
			descriptors.forEach(handshakeStop::accept);
			return !descriptors.isEmpty() && awaitRest(socket::hasPendingConnections, deadline.atMost(LONGEST_WAIT));
		}
		catch (IOException | RuntimeException | ExecutionException | TimeoutException ex) {
			logger.info(LogMessage.format("Port %s is closed without bringing it to rest first (%s): "
					+ "a connection of this instant may be reset", port, reason(ex)));
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Brings a listening Unix domain socket to rest by removing its file, so that nobody
	 * finds it any more.
	 * @param path its path
	 * @param deadline when to give up
	 * @return whether the socket is at rest
	 */
	public boolean silence(Path path, Deadline deadline) {
		ListeningUnixSocket socket = new ListeningUnixSocket(path);
		try {
			return Files.deleteIfExists(path)
					&& awaitRest(socket::hasPendingConnections, deadline.atMost(LONGEST_WAIT));
		}
		catch (IOException ex) {
			logger.info(LogMessage.format("%s is closed without bringing it to rest first (%s): "
					+ "a connection of this instant may be reset", path, ex));
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private static Throwable reason(Exception failure) {
		Throwable cause = failure.getCause();
		return (failure instanceof ExecutionException && cause != null) ? cause : failure;
	}

	private static boolean awaitRest(Pending pending, Deadline deadline) throws IOException, InterruptedException {
		do {
			Thread.sleep(SETTLING.toMillis());
			if (!pending.arePending()) {
				return true;
			}
		}
		while (!deadline.hasPassed());
		logger.debug("Connections are still in their handshake");
		return false;
	}

	/**
	 * Tells whether connections wait to be accepted.
	 */
	@FunctionalInterface
	private interface Pending {

		boolean arePending() throws IOException;

	}

}
