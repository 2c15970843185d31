package io.github.gracefulboot.actuate;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.Participant;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.StageListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * Meters of the shutdown: the gauge {@code graceful.tasks.active} with the tag
 * {@code participant}, what is in flight now, the gauge {@code graceful.tasks.abandoned},
 * the threads that would die at work if the process ended now, and the timer
 * {@code graceful.stage} with the tags {@code stage} and {@code reason}, the time that
 * each stage took.
 */
final class GracefulMetrics implements MeterBinder, StageListener {

	private final ShutdownSequence shutdown;

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	GracefulMetrics(ShutdownSequence shutdown) {
		this.shutdown = shutdown;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
		for (Participant participant : this.shutdown.getParticipants()) {
			Gauge.builder("graceful.tasks.active", participant, (source) -> source.activeTasks().size())
				.description("Requests in flight and other work that a shutdown waits for")
				.tag("participant", participant.name())
				.register(registry);
		}
		Gauge.builder("graceful.tasks.abandoned", this.shutdown, (source) -> source.getAbandonedTasks().size())
			.description("Threads of the application at work that a shutdown under way does not wait for")
			.register(registry);
	}

	@Override
	public void stageChanged(Change change) {
		if (change.previous() == Stage.RUNNING) {
			return;
		}
		for (MeterRegistry registry : this.registries) {
			Timer.builder("graceful.stage")
				.description("Time that a stage of the shutdown took")
				.tag("stage", change.previous().id())
				.tag("reason", change.reason().id())
				.register(registry)
				.record(change.previousTook());
		}
	}

}
