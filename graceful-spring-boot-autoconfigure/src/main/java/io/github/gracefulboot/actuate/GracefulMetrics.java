package io.github.gracefulboot.actuate;

import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

import org.springframework.context.ApplicationListener;

/**
 * Meters of the stop: the gauge {@code graceful.tasks.active} with the tag
 * {@code participant}, what is in flight now, and the timer {@code graceful.stage} with
 * the tag {@code stage}, the time that each stage took.
 */
final class GracefulMetrics implements ApplicationListener<StageChangedEvent> {

	private final MeterRegistry registry;

	GracefulMetrics(MeterRegistry registry, ShutdownSequence shutdown) {
		this.registry = registry;
		for (DrainParticipant participant : shutdown.getParticipants()) {
			Gauge.builder("graceful.tasks.active", participant, (source) -> source.activeTasks().size())
				.description("Requests in flight and other work that a stop waits for")
				.tag("participant", participant.name())
				.register(registry);
		}
	}

	@Override
	public void onApplicationEvent(StageChangedEvent event) {
		if (event.getPrevious() != Stage.RUNNING) {
			Timer.builder("graceful.stage")
				.description("Time that a stage of the stop took")
				.tag("stage", event.getPrevious().id())
				.register(this.registry)
				.record(event.getPreviousTook());
		}
	}

}
