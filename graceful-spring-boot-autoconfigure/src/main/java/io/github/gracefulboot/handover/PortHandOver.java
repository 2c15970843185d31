package io.github.gracefulboot.handover;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.HandOver;
import io.github.gracefulboot.shutdown.ProcessStopper;
import io.github.gracefulboot.socket.ListenerHolders;
import io.github.gracefulboot.socket.ListenerSource;
import io.github.gracefulboot.socket.Listeners;
import io.github.gracefulboot.socket.ListeningSocket;
import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.log.LogMessage;

/**
 * Takes the listening sockets over from the process that serves now, accepts nothing on
 * them until this one is ready, and hands them on to the process that comes next.
 * Whatever goes wrong before that, the process that serves keeps serving.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
final class PortHandOver implements HandOver, ListenerSource, HandOverServer.Host, Announcer, Readiness.Listener,
		DisposableBean, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(PortHandOver.class);

	private final ApplicationContext context;

	private final Rendezvous rendezvous;

	private final boolean replace;

	private final DescriptorStore store;

	private final Readiness readiness;

	private final ObjectProvider<Listeners> listeners;

	private final ObjectProvider<ProcessStopper> stopper;

	private final Duration startTimeout;

	private volatile @Nullable Predecessor predecessor;

	private volatile SharedPath path;

	private volatile @Nullable HandOverServer server;

	private volatile @Nullable InetAddress mainHost;

	private boolean begun;

	private volatile @Nullable Generation takenOverFrom;

	private volatile @Nullable Generation handedOverTo;

	private volatile Runnable beforeHandOver = () -> {
	};

	private @Nullable Boolean servedOn;

	/**
	 * Asks whoever serves the port for it, or listens for those who will.
	 * @param context the context whose port it is
	 * @param rendezvous where processes meet
	 * @param replace whether the process that serves leaves when this one is ready
	 * @param startTimeout how long this start may take
	 * @param store where the listening socket is kept for a process that crashes
	 * @param readiness tells when this process is ready
	 * @param listeners the listeners that were taken over
	 * @param stopper ends this process when another one serves
	 * @throws HandOverFailedException if the port cannot be had
	 */
	PortHandOver(ApplicationContext context, Rendezvous rendezvous, boolean replace, Duration startTimeout,
			DescriptorStore store, Readiness readiness, ObjectProvider<Listeners> listeners,
			ObjectProvider<ProcessStopper> stopper) {
		this.context = context;
		this.rendezvous = rendezvous;
		this.replace = replace;
		this.store = store;
		this.readiness = readiness;
		this.listeners = listeners;
		this.stopper = stopper;
		this.startTimeout = startTimeout;
		this.path = meet();
	}

	/**
	 * Looks who serves the port, until there is somebody who answers, or nobody.
	 */
	private SharedPath meet() {
		while (true) {
			Rendezvous.Meeting meeting = this.rendezvous.meet();
			Conversation other = meeting.other();
			if (other == null) {
				SharedPath path = new SharedPath(Objects.requireNonNull(meeting.listener()), new ListenerHolders());
				serve(path);
				return path;
			}
			Predecessor predecessor = Predecessor.ask(other, this.replace, this.startTimeout, this::withdrawn);
			if (predecessor != null) {
				this.predecessor = predecessor;
				return predecessor.path();
			}
		}
	}

	private void serve(SharedPath path) {
		this.server = new HandOverServer(path, this);
	}

	/**
	 * The process before this one no longer waits for it. Nobody needs this one then.
	 */
	private void withdrawn(String reason) {
		logger.error(LogMessage.format("The port is not taken over (%s), and goes on to be served by the process "
				+ "before this one: exiting with code 1. Raise graceful.startup.timeout if starts may take longer",
				reason));
		DaemonThreads.start("graceful-handover-exit", () -> System.exit(1));
	}

	@Override
	public @Nullable SharedListener listener(@Nullable InetAddress host, int port, boolean main) {
		if (main) {
			this.mainHost = host;
		}
		Predecessor predecessor = this.predecessor;
		if (predecessor == null) {
			return main ? this.store.take(host, port) : null;
		}
		while (predecessor != null) {
			try {
				return predecessor.listener(host, port, main);
			}
			catch (PredecessorGoneException ex) {
				if (!main) {
					return null;
				}
				logger.info(LogMessage.format("Process %d ended before the port was taken over", predecessor.pid()));
				this.predecessor = null;
				this.path.close();
				this.path = meet();
				predecessor = this.predecessor;
			}
		}
		return null;
	}

	/**
	 * Returns the port of the main web server. Asked for rather than listened for, since
	 * a listener cannot be a bean that is not there on every system.
	 * @return the port, not positive until it is open
	 */
	private int mainPort() {
		WebServer server = (this.context instanceof WebServerApplicationContext web) ? web.getWebServer() : null;
		return (server != null) ? server.getPort() : 0;
	}

	@Override
	public synchronized void readinessChanged(boolean accepting) {
		boolean stopping = this.servedOn != null;
		if (accepting && !stopping && !this.begun) {
			this.begun = begin(this.predecessor);
		}
	}

	/**
	 * Serves from now on, unless the process before this one no longer waits for it.
	 */
	private boolean begin(@Nullable Predecessor predecessor) {
		if (predecessor != null && this.replace && !predecessor.ready()) {
			return false;
		}
		try {
			this.listeners.getObject().open();
			new ListeningSocket(mainPort()).descriptor(this.mainHost).ifPresent(this.store::keep);
		}
		catch (IOException ex) {
			logger.warn("Could not begin to accept connections", ex);
		}
		if (predecessor != null) {
			this.takenOverFrom = new Generation(predecessor.pid(), Instant.now());
			logger.info(LogMessage.format("This process serves port %d from now on, %s process %d", mainPort(),
					this.replace ? "after" : "beside", predecessor.pid()));
			if (!this.replace) {
				predecessor.leave();
			}
			serve(this.path);
		}
		return true;
	}

	@Override
	public boolean isUsable(boolean all) {
		return mainPort() > 0 && (!all || this.readiness.wasReached());
	}

	@Override
	public HandOverServer.Listener listening(@Nullable InetAddress host, int port, boolean main) throws IOException {
		boolean samePort = port == mainPort() || (main && port == 0);
		boolean wanted = main == (samePort && ListeningSocket.isSame(host, this.mainHost));
		InetAddress wantedHost = main ? this.mainHost : host;
		int wantedPort = main ? mainPort() : port;
		int descriptor = wanted ? new ListeningSocket(wantedPort).descriptor(wantedHost).orElse(-1) : -1;
		return new HandOverServer.Listener(descriptor, wantedHost, wantedPort,
				main && this.listeners.getObject().isMainKept());
	}

	/**
	 * Sets what comes before supervisors are told that another process serves the port.
	 * @param action what to do
	 */
	void beforeHandOver(Runnable action) {
		this.beforeHandOver = action;
	}

	@Override
	public void handOver(long pid) {
		this.beforeHandOver.run();
		this.handedOverTo = new Generation(pid, Instant.now());
		this.stopper.getObject().stopProcess(StopReason.HAND_OVER, "hand-over to process " + pid);
	}

	@Override
	public boolean isServedOn() {
		return leave();
	}

	/**
	 * Offers the port to nobody from now on, and decides with that who serves it.
	 * @return whether another process does
	 */
	private synchronized boolean leave() {
		Boolean servedOn = this.servedOn;
		if (servedOn == null) {
			HandOverServer server = this.server;
			if (server != null) {
				server.end();
			}
			servedOn = this.path.close();
			this.servedOn = servedOn;
			if (!servedOn) {
				this.store.remove();
				this.rendezvous.delete();
			}
		}
		return servedOn;
	}

	@Override
	public void announceStop(Deadline deadline) {
		leave();
	}

	@Override
	public @Nullable Generation takenOverFrom() {
		return this.takenOverFrom;
	}

	@Override
	public @Nullable Generation handedOverTo() {
		return this.handedOverTo;
	}

	@Override
	public void destroy() {
		leave();
		HandOverServer server = this.server;
		if (server != null && this.handedOverTo == null) {
			server.close();
		}
		Predecessor predecessor = this.predecessor;
		if (predecessor != null) {
			predecessor.leave();
		}
	}

}
