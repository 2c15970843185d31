package io.github.gracefulboot.messaging;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.messaging.MessagingProperties.Stop;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.HoldsBack;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.StageListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.log.LogMessage;

/**
 * Stops the listener containers of one technology concurrently, before Spring's lifecycle
 * would stop them. It is a lifecycle bean because containers have to be prepared before
 * they start.
 */
public final class ListenerDrain
		implements DrainParticipant, StageListener, HoldsBack, SmartLifecycle, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(ListenerDrain.class);

	private final String name;

	private final ShutdownSequence shutdown;

	private final MessagingProperties properties;

	private final Supplier<? extends Collection<? extends ListenerContainer>> containers;

	private final Runnable beforeStart;

	private volatile boolean running;

	private final Map<ListenerContainer, CompletableFuture<Void>> stopping = new ConcurrentHashMap<>();

	/**
	 * Creates the participant.
	 * @param name what people call the listeners, such as {@code Kafka listeners}
	 * @param shutdown the shutdown to take part in
	 * @param properties tell when to stop which listeners
	 * @param containers finds the containers that exist
	 */
	public ListenerDrain(String name, ShutdownSequence shutdown, MessagingProperties properties,
			Supplier<? extends Collection<? extends ListenerContainer>> containers) {
		this(name, shutdown, properties, containers, () -> {
		});
	}

	/**
	 * Creates the participant.
	 * @param name what people call the listeners, such as {@code Kafka listeners}
	 * @param shutdown the shutdown to take part in
	 * @param properties tell when to stop which listeners
	 * @param containers finds the containers that exist
	 * @param beforeStart prepares the containers, before they start
	 */
	public ListenerDrain(String name, ShutdownSequence shutdown, MessagingProperties properties,
			Supplier<? extends Collection<? extends ListenerContainer>> containers, Runnable beforeStart) {
		this.name = name;
		this.shutdown = shutdown;
		this.properties = properties;
		this.containers = containers;
		this.beforeStart = beforeStart;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		return this.stopping.entrySet()
			.stream()
			.filter((entry) -> !entry.getValue().isDone() || entry.getKey().hasUnacknowledged())
			.flatMap((entry) -> entry.getKey().activeTasks().stream())
			.toList();
	}

	@Override
	public boolean holdsBack() {
		return this.stopping.keySet().stream().anyMatch(ListenerContainer::hasUnacknowledged);
	}

	@Override
	public void stageChanged(Change change) {
		if (change.stage() == Stage.LAME_DUCK && this.properties.getStop() == Stop.LAME_DUCK) {
			stop(this.shutdown.getDrainDeadline());
		}
	}

	@Override
	public void drain(Deadline deadline) throws InterruptedException, ExecutionException, TimeoutException {
		stop(deadline);
		CompletableFuture.allOf(this.stopping.values().toArray(CompletableFuture[]::new)).get();
		if (holdsBack()) {
			throw new TimeoutException();
		}
	}

	@Override
	public void start() {
		this.running = true;
		try {
			this.beforeStart.run();
		}
		catch (RuntimeException | Error ex) {
			logger.warn(LogMessage.format("Could not prepare %s, continuing without it", this.name), ex);
		}
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return Integer.MIN_VALUE;
	}

	private void stop(Deadline deadline) {
		for (ListenerContainer container : this.containers.get()) {
			if (container.isRunning() && !this.properties.getExclude().contains(container.name())) {
				this.stopping.computeIfAbsent(container, (added) -> stop(added, deadline));
			}
		}
	}

	private static CompletableFuture<Void> stop(ListenerContainer container, Deadline deadline) {
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		DaemonThreads.startOrRun("graceful-stop-" + container.name(), () -> stop(container, deadline, stopped));
		return stopped;
	}

	private static void stop(ListenerContainer container, Deadline deadline, CompletableFuture<Void> stopped) {
		try {
			container.stop(deadline, () -> stopped.complete(null));
			stopped.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (TimeoutException ex) {
			container.giveUp();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException | RuntimeException | Error ex) {
			stopped.completeExceptionally(ex);
		}
	}

}
