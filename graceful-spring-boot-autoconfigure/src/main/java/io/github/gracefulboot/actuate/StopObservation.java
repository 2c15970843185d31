package io.github.gracefulboot.actuate;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.actuate.GracefulObservation.Key;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.StageListener.Change;
import io.github.gracefulboot.shutdown.Timeline;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * The observation of a shutdown, with one for each stage below it. Created when a
 * shutdown begins.
 */
final class StopObservation {

	private final ObservationRegistry registry;

	private final ShutdownSequence shutdown;

	private final Observation observation;

	private @Nullable Observation stage;

	private boolean ended;

	private StopObservation(ObservationRegistry registry, ShutdownSequence shutdown) {
		this.registry = registry;
		this.shutdown = shutdown;
		StopReason reason = shutdown.getReason();
		this.observation = GracefulObservation.SHUTDOWN.observation(registry)
			.lowCardinalityKeyValue(Key.REASON.withValue((reason != null) ? reason.id() : "none"))
			.lowCardinalityKeyValue(Key.OUTCOME.withValue("unknown"))
			.highCardinalityKeyValue(Key.SOURCE.withValue(shutdown.getSource()))
			.start();
	}

	/**
	 * Begins the observation.
	 * @param beanFactory may have a registry
	 * @param shutdown what is observed
	 * @return the observation, or {@code null} if nobody observes
	 */
	static @Nullable StopObservation begin(ConfigurableListableBeanFactory beanFactory, ShutdownSequence shutdown) {
		ObservationRegistry registry = beanFactory.getBeanProvider(ObservationRegistry.class).getIfUnique();
		return (registry != null && !registry.isNoop()) ? new StopObservation(registry, shutdown) : null;
	}

	/**
	 * Ends the observation of a stage, and begins the next, unless that is the exit, in
	 * which nobody may be left to be told.
	 * @param change the stage that has ended, and the one that begins
	 */
	synchronized void stageChanged(Change change) {
		if (this.ended) {
			return;
		}
		endStage(change.previous());
		Stage next = change.stage();
		if (next != Stage.EXIT) {
			this.stage = GracefulObservation.STAGE.observation(this.registry)
				.contextualName("shutdown " + next.id())
				.lowCardinalityKeyValue(Key.STAGE.withValue(next.id()))
				.lowCardinalityKeyValue(Key.END.withValue("unknown"))
				.parentObservation(this.observation)
				.start();
		}
	}

	private void endStage(Stage ended) {
		Observation stage = this.stage;
		if (stage != null) {
			Timeline.End end = this.shutdown.getTimeline().endOf(ended);
			if (end != null) {
				stage.lowCardinalityKeyValue(Key.END.withValue(end.how().by()));
				stage.highCardinalityKeyValue(Key.DETAIL.withValue(end.how().toString()));
			}
			stage.stop();
			this.stage = null;
		}
	}

	/**
	 * Ends all of it.
	 * @param outcome {@code clean} or {@code forced}
	 */
	synchronized void end(String outcome) {
		endStage(this.shutdown.getStage());
		this.ended = true;
		this.observation.lowCardinalityKeyValue(Key.OUTCOME.withValue(outcome))
			.highCardinalityKeyValue(Key.LOST.withValue(String.valueOf(this.shutdown.getLostWork().size())))
			.stop();
	}

}
