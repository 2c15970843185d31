package io.github.gracefulboot.supervisor;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationListener;

/**
 * Hears of each change of readiness, and only once probes are answered accordingly:
 * listeners that have no order are called in the order of their creation, and the bean
 * that probes are answered from is created first, because this one depends on it.
 */
final class ReadinessListener implements ApplicationListener<AvailabilityChangeEvent<ReadinessState>> {

	private final Callback callback;

	/**
	 * Creates the listener.
	 * @param availability what probes are answered from, not used but needed first
	 * @param callback called with each change
	 */
	ReadinessListener(@SuppressWarnings("unused") ApplicationAvailability availability, Callback callback) {
		this.callback = callback;
	}

	@Override
	public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
		this.callback.readiness(event.getState() == ReadinessState.ACCEPTING_TRAFFIC);
	}

	/**
	 * What is called.
	 */
	@FunctionalInterface
	interface Callback {

		/**
		 * Called when readiness changed.
		 * @param accepting whether the application accepts traffic
		 */
		void readiness(boolean accepting);

	}

}
