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
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;

import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.traffic.Traffic;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.core.log.LogMessage;

/**
 * Quiesces a listening socket before it is closed: no new handshake begins, and every
 * connection whose handshake has begun is accepted. Closing a socket that is not
 * quiescent resets the connections in its queue, on which clients may have sent requests.
 * <p>
 * Requires Linux and JNA, and works for every server whose acceptor is still running.
 * Otherwise a message is logged, and the few connections that are established at that
 * moment may be reset.
 */
public final class ListenerSilencer implements Announcer, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(ListenerSilencer.class);

	private static final String NOT_QUIESCED = "%s is closed without being quiesced first (%s): "
			+ "connections that are established at this moment may be reset";

	/**
	 * How long a handshake that has begun may be missing from the kernel's tables.
	 */
	private static final Duration SETTLING = Duration.ofMillis(5);

	/**
	 * A handshake whose client has disappeared is repeated for a minute, which is not
	 * worth waiting for.
	 */
	private static final Duration LONGEST_WAIT = Duration.ofMillis(300);

	private final Traffic traffic;

	private final boolean enabled;

	private final BooleanSupplier servedOn;

	/**
	 * Loads the classes of JNA only when it runs.
	 */
	private final FutureTask<IntConsumer> handshakeStop;

	/**
	 * Creates the silencer.
	 * @param traffic the traffic, to determine whether there have been clients
	 * @param enabled whether clients may still connect
	 * @param servedOn whether other processes accept what this one does not
	 */
	public ListenerSilencer(Traffic traffic, boolean enabled, BooleanSupplier servedOn) {
		this(traffic, enabled, servedOn, () -> new HandshakeStop()::apply);
	}

	ListenerSilencer(Traffic traffic, boolean enabled, BooleanSupplier servedOn, Callable<IntConsumer> handshakeStop) {
		this.traffic = traffic;
		this.enabled = enabled;
		this.servedOn = servedOn;
		this.handshakeStop = new FutureTask<>(handshakeStop);
	}

	/**
	 * Loads the native library, which takes a while, in the background of the lame duck
	 * stage, unless there have been no clients.
	 */
	@Override
	public void announceStop(Deadline deadline) {
		if (this.enabled && hadClients() && !this.servedOn.getAsBoolean()) {
			DaemonThreads.startOrRun("graceful-native", this.handshakeStop);
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
	 * Quiesces the listening sockets of a port. Does nothing if this process does not
	 * listen on it or has had no clients, and if others keep serving it.
	 * @param port the local port
	 * @param deadline the deadline
	 * @return whether the sockets are quiescent
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
			logger.info(LogMessage.format(NOT_QUIESCED, "Port " + port, reason(ex)));
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Quiesces a listening Unix domain socket by deleting its file, so that clients no
	 * longer find it.
	 * @param path the path of the socket
	 * @param deadline the deadline
	 * @return whether the socket is quiescent
	 */
	public boolean silence(Path path, Deadline deadline) {
		ListeningUnixSocket socket = new ListeningUnixSocket(path);
		try {
			return Files.deleteIfExists(path)
					&& awaitRest(socket::hasPendingConnections, deadline.atMost(LONGEST_WAIT));
		}
		catch (IOException ex) {
			logger.info(LogMessage.format(NOT_QUIESCED, path, ex));
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
		logger.debug("Closing the listener although handshakes are still in progress");
		return false;
	}

	/**
	 * Determines whether connections are waiting to be accepted.
	 */
	@FunctionalInterface
	private interface Pending {

		boolean arePending() throws IOException;

	}

}
