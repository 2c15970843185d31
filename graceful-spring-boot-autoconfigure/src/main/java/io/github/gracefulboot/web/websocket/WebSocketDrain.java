package io.github.gracefulboot.web.websocket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.stream.LongLivedStreams;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.log.LogMessage;

/**
 * Closes the WebSocket sessions of all servers of the application, each as soon as it has
 * no message in hand. As servers do not notify of the beginning and end of sessions, they
 * are polled as soon as sessions are being closed.
 */
final class WebSocketDrain implements LongLivedStreams, DisposableBean, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(WebSocketDrain.class);

	private static final String THREAD = "graceful-drain-websocket";

	/**
	 * The number of sessions that are closed concurrently.
	 */
	private static final int CLOSERS = 16;

	/**
	 * How many sessions are asked for their thread, which may take a look at all threads.
	 */
	private static final int NAMED = 10;

	private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(2);

	private static final Duration UNTIL_NEXT_LOOK = Duration.ofMillis(10);

	private final List<WebSocketServer> servers;

	private final List<MessagesInHand> messages;

	private final Traffic traffic;

	/**
	 * The sessions that are being closed.
	 */
	private final Map<Object, Closing> closings = new ConcurrentHashMap<>();

	private final AtomicBoolean warned = new AtomicBoolean();

	private volatile @Nullable Thread closer;

	/**
	 * Creates the drain.
	 * @param servers the servers with sessions
	 * @param messages who knows of messages in hand that servers do not know of
	 * @param traffic to be told when no session is left
	 */
	WebSocketDrain(List<WebSocketServer> servers, List<MessagesInHand> messages, Traffic traffic) {
		this.servers = servers;
		this.messages = messages;
		this.traffic = traffic;
	}

	@Override
	public Collection<ActiveTask> openStreams() {
		List<ActiveTask> result = new ArrayList<>();
		Map<Object, Closing> running = new HashMap<>(this.closings);
		running.values().removeIf((closing) -> closing.thread == null);
		for (OpenWebSocket session : sessions()) {
			Closing closing = running.remove(session.id());
			result.add((closing != null) ? closing.toTask() : toTask(session, result.size() < NAMED));
		}
		running.values().forEach((closing) -> result.add(closing.toTask()));
		return result;
	}

	@Override
	public boolean areOpen() {
		return this.servers.stream().anyMatch((server) -> !server.sessions().isEmpty())
				|| this.closings.values().stream().anyMatch((closing) -> closing.thread != null);
	}

	@Override
	public boolean areAtWork() {
		return sessions().stream().anyMatch((session) -> session.isHandling() || message(session) != null);
	}

	private ActiveTask toTask(OpenWebSocket session, boolean named) {
		ActiveTask message = message(session);
		if (message != null) {
			return new ActiveTask(message.description() + " of " + session.description(), message.age(),
					message.thread());
		}
		return session.isHandling()
				? new ActiveTask("message of " + session.description(), session.idle(), named ? session.thread() : null)
				: new ActiveTask(session.description(), null, null);
	}

	private @Nullable ActiveTask message(OpenWebSocket session) {
		for (MessagesInHand messages : this.messages) {
			ActiveTask message = messages.of(session);
			if (message != null) {
				return message;
			}
		}
		return null;
	}

	private List<OpenWebSocket> sessions() {
		return this.servers.stream().map(WebSocketServer::sessions).flatMap(Collection::stream).toList();
	}

	@Override
	public void end(Deadline deadline) {
		this.messages.forEach(MessagesInHand::end);
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
			Duration patience = Durations.shorter(LONGEST_PATIENCE, deadline.remaining().dividedBy(2));
			Set<Object> busy = new HashSet<>();
			boolean anyOpen = false;
			while (!deadline.hasPassed()) {
				List<OpenWebSocket> open = sessions();
				close(open, busy, patience, closers);
				if (anyOpen && open.isEmpty()) {
					this.traffic.changed();
				}
				anyOpen = !open.isEmpty();
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
	 * Begins to close further sessions, and cuts those that take too long.
	 * @param open the open sessions
	 * @param busy the sessions that had a message in hand at the last look
	 * @param patience how long to wait for clients
	 * @param closers run what may block
	 */
	private void close(List<OpenWebSocket> open, Set<Object> busy, Duration patience, Executor closers) {
		Set<Object> ids = new HashSet<>();
		int late = 0;
		for (OpenWebSocket session : open) {
			ids.add(session.id());
			Closing closing = this.closings.get(session.id());
			if (closing != null) {
				if (closing.isLate(patience)) {
					late++;
					execute(closers, () -> isolated(session, session::cut), () -> {
					});
				}
			}
			else if (mayClose(session, busy, patience)) {
				Closing begun = new Closing(session, patience);
				this.closings.put(session.id(), begun);
				Runnable notClosed = () -> this.closings.remove(session.id());
				execute(closers, () -> {
					if (!begun.close()) {
						notClosed.run();
					}
				}, notClosed);
			}
		}
		if (late > 0) {
			logger.info(
					LogMessage.format("Cut %d WebSocket sessions whose clients did not respond to the close within %s",
							late, Durations.text(patience)));
		}
		busy.retainAll(ids);
		this.closings.values().removeIf((closing) -> closing.thread == null && closing.isOver(ids));
	}

	private void execute(Executor closers, Runnable task, Runnable otherwise) {
		try {
			closers.execute(task);
		}
		catch (OutOfMemoryError ex) {
			otherwise.run();
			if (this.warned.compareAndSet(false, true)) {
				logger.warn(LogMessage.format("No thread left to close WebSocket sessions (%s)", ex.getMessage()));
			}
		}
	}

	/**
	 * Returns whether a session may be closed. One that had a message in hand is looked
	 * at twice, since a message may be in transit between two threads. Nobody waits for a
	 * message that is not done because the client does not read.
	 */
	private boolean mayClose(OpenWebSocket session, Set<Object> busy, Duration patience) {
		boolean inHand = (session.isHandling() || message(session) != null) && !session.isUnread(patience);
		if (inHand) {
			busy.add(session.id());
			return false;
		}
		return !busy.remove(session.id());
	}

	private static void isolated(OpenWebSocket session, Runnable action) {
		try {
			action.run();
		}
		catch (RuntimeException | Error ex) {
			logger.debug(LogMessage.format("Could not close the session of %s properly", session.description()), ex);
		}
	}

	/**
	 * A session that is being closed.
	 */
	private static final class Closing {

		private final OpenWebSocket session;

		private final String description;

		private final Duration patience;

		private volatile long since = System.nanoTime();

		private volatile @Nullable Thread thread;

		private volatile boolean told;

		private boolean cut;

		private Closing(OpenWebSocket session, Duration patience) {
			this.session = session;
			this.description = "close of " + session.description();
			this.patience = patience;
		}

		/**
		 * Closes the session.
		 * @return whether the client was told
		 */
		private boolean close() {
			this.since = System.nanoTime();
			this.thread = Thread.currentThread();
			AtomicBoolean told = new AtomicBoolean(true);
			isolated(this.session,
					() -> told.set(this.session.close(this.patience, this.session.isUnread(this.patience))));
			this.since = System.nanoTime();
			this.told = told.get();
			this.thread = null;
			return this.told;
		}

		/**
		 * Returns, once, that the client took too long. What takes long before the client
		 * was told is the application, unless the client does not read.
		 */
		private boolean isLate(Duration patience) {
			boolean late = this.told ? System.nanoTime() - this.since > patience.toNanos()
					: this.thread != null && this.session.isUnread(patience);
			if (!late || this.cut) {
				return false;
			}
			this.cut = true;
			return true;
		}

		private boolean isOver(Set<Object> open) {
			return this.told && !open.contains(this.session.id());
		}

		private ActiveTask toTask() {
			return new ActiveTask(this.description, Duration.ofNanos(System.nanoTime() - this.since), this.thread);
		}

	}

}
