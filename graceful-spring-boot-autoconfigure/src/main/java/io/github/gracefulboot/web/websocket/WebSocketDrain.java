package io.github.gracefulboot.web.websocket;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.stream.LongLivedStreams;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.log.LogMessage;

/**
 * Closes the WebSocket sessions of all servers of the application. As servers do not
 * notify of the beginning and end of sessions, they are polled as soon as sessions are
 * being closed.
 */
final class WebSocketDrain implements LongLivedStreams, DisposableBean {

	private static final Log logger = LogFactory.getLog(WebSocketDrain.class);

	private static final String THREAD = "graceful-drain-websocket";

	/**
	 * The number of sessions that are closed concurrently.
	 */
	private static final int CLOSERS = 16;

	private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(2);

	private static final Duration UNTIL_NEXT_LOOK = Duration.ofMillis(10);

	private final List<WebSocketServer> servers;

	private final Traffic traffic;

	private volatile @Nullable Thread closer;

	WebSocketDrain(List<WebSocketServer> servers, Traffic traffic) {
		this.servers = servers;
		this.traffic = traffic;
	}

	@Override
	public Collection<ActiveTask> openStreams() {
		return sessions().stream().map((session) -> new ActiveTask("WebSocket " + session.path(), null, null)).toList();
	}

	private List<OpenWebSocket> sessions() {
		return this.servers.stream().map(WebSocketServer::sessions).flatMap(Collection::stream).toList();
	}

	@Override
	public void end(Deadline deadline) {
		this.closer = DaemonThreads.start(THREAD, () -> closeUntil(deadline));
	}

	@Override
	public void destroy() {
		Thread closer = this.closer;
		if (closer != null) {
			closer.interrupt();
		}
	}

	private void closeUntil(Deadline deadline) {
		ExecutorService closers = Executors.newFixedThreadPool(CLOSERS, DaemonThreads.factory(THREAD));
		try {
			Closing closing = new Closing(closers,
					Durations.shorter(LONGEST_PATIENCE, deadline.remaining().dividedBy(2)));
			while (!deadline.hasPassed()) {
				if (closing.goOn(sessions())) {
					this.traffic.changed();
				}
				Thread.sleep(UNTIL_NEXT_LOOK.toMillis());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		finally {
			closers.shutdown();
		}
	}

	/**
	 * The sessions that are being closed.
	 */
	private static final class Closing {

		private final ExecutorService closers;

		private final Duration patience;

		private final Map<Object, Long> since = new HashMap<>();

		private final Set<Object> cut = new HashSet<>();

		private Closing(ExecutorService closers, Duration patience) {
			this.closers = closers;
			this.patience = patience;
		}

		/**
		 * Begins to close further sessions, and cuts those that take too long.
		 * @param open the open sessions
		 * @return whether the last session has ended since the last call
		 */
		private boolean goOn(List<OpenWebSocket> open) {
			boolean wereOpen = !this.since.isEmpty();
			Map<Object, Long> stillOpen = new HashMap<>();
			int late = 0;
			for (OpenWebSocket session : open) {
				Long begun = this.since.get(session.id());
				if (begun == null) {
					this.closers.execute(() -> isolated(session, () -> session.close(this.patience)));
				}
				else if (System.nanoTime() - begun > this.patience.toNanos() && this.cut.add(session.id())) {
					late++;
					this.closers.execute(() -> isolated(session, session::cut));
				}
				stillOpen.put(session.id(), (begun != null) ? begun : System.nanoTime());
			}
			if (late > 0) {
				logger.info(LogMessage.format(
						"Cut %d WebSocket sessions whose clients did not respond to the close within %s", late,
						Durations.text(this.patience)));
			}
			this.since.keySet().retainAll(stillOpen.keySet());
			this.since.putAll(stillOpen);
			return wereOpen && this.since.isEmpty();
		}

		private static void isolated(OpenWebSocket session, Runnable action) {
			try {
				action.run();
			}
			catch (RuntimeException | Error ex) {
				logger.debug(LogMessage.format("Could not close the WebSocket session of %s properly", session.path()),
						ex);
			}
		}

	}

}
