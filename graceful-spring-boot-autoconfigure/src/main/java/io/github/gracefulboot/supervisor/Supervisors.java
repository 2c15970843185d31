package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.ReloadNotifier;
import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.shutdown.HandOver.Generation;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import io.github.gracefulboot.supervisor.SupervisorLink.Message;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;

/**
 * Everybody who supervises this process. What is told to them is told to each, and none
 * of them holds up the others or the application.
 */
public final class Supervisors implements ReloadNotifier, Announcer, DisposableBean, AopInfrastructureBean {

	/**
	 * How long the end of the context waits for messages that are under way.
	 */
	private static final Duration LAST_MESSAGES = Duration.ofMillis(200);

	private final List<SupervisorLink> links;

	private final BooleanSupplier processEnds;

	private final Supplier<@Nullable Generation> handedOverTo;

	private final List<Runnable> atEnd = new CopyOnWriteArrayList<>();

	private final AtomicBoolean handedOver = new AtomicBoolean();

	private volatile @Nullable String status;

	private boolean ready;

	private boolean stopping;

	/**
	 * Opens the ways to all supervisors.
	 * @param supervisors the supervisors
	 * @param stopRequests called with the reason when one of them asks for the stop
	 * @param processEnds whether the process ends with the shutdown that has begun,
	 * rather than only its context
	 * @param handedOverTo the process that has taken the place of this one, or
	 * {@code null}
	 */
	Supervisors(List<Named<Supervisor>> supervisors, Consumer<String> stopRequests, BooleanSupplier processEnds,
			Supplier<@Nullable Generation> handedOverTo) {
		this.handedOverTo = handedOverTo;
		this.processEnds = processEnds;
		this.links = supervisors.stream().map(SupervisorLink::new).toList();
		this.links.forEach((link) -> link.open(stopRequests));
	}

	@Override
	public void reload(Runnable action) {
		reloading();
		try {
			action.run();
		}
		finally {
			tellReady();
		}
	}

	private synchronized void reloading() {
		if (!this.stopping) {
			tell(Supervisor::reloading);
		}
	}

	private synchronized void tellReady() {
		if (this.ready && !this.stopping) {
			tell(Supervisor::ready);
		}
	}

	/**
	 * From now on nothing is ready any more, though somebody may still wait to say so. A
	 * supervisor that hears that the process stops may kill it if it does not: not a word
	 * of it where the application only closes its context, as for a restart in the JVM.
	 */
	@Override
	public synchronized void announceStop(Deadline deadline) {
		this.stopping = true;
		if (this.processEnds.getAsBoolean()) {
			tell(Supervisor::stopping);
		}
	}

	void readiness(boolean accepting) {
		tell((supervisor) -> supervisor.readiness(accepting));
	}

	synchronized void ready() {
		this.ready = true;
		tellReady();
	}

	void status(String text) {
		if (!Objects.equals(this.status, text)) {
			this.status = text;
			tell((supervisor) -> supervisor.status(text));
		}
	}

	/**
	 * Asks those for more time who can give it and have been patient for less than they
	 * are.
	 * @param sinceProgress the time since the last sign of progress
	 */
	void extend(Duration sinceProgress) {
		tell((supervisor) -> {
			if (supervisor.patience().filter((patience) -> sinceProgress.compareTo(patience) < 0).isPresent()) {
				supervisor.extend();
			}
		});
	}

	List<SupervisorLink> links() {
		return this.links;
	}

	/**
	 * Adds what is to be stopped when the context closes. This is one of the last beans
	 * to be destroyed: those that depend on it and stopped by themselves would stop
	 * before beans are destroyed that take long.
	 * @param action called once
	 */
	void atEnd(Runnable action) {
		this.atEnd.add(action);
	}

	/**
	 * Tells everybody. Once another process has taken the place of this one, that is the
	 * last thing they hear: what becomes of this one does not concern them.
	 */
	private void tell(Message message) {
		if (this.handedOver.get()) {
			return;
		}
		Generation next = this.handedOverTo.get();
		if (next == null) {
			this.links.forEach((link) -> link.tell(message));
		}
		else if (this.handedOver.compareAndSet(false, true)) {
			this.links.forEach((link) -> link.tell((supervisor) -> supervisor.handedOver(next.pid())));
		}
	}

	@Override
	public void destroy() {
		this.atEnd.forEach(Runnable::run);
		long end = System.nanoTime() + LAST_MESSAGES.toNanos();
		this.links.forEach(SupervisorLink::close);
		for (SupervisorLink link : this.links) {
			try {
				link.awaitTold(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
