package io.github.gracefulboot.traffic;

import java.util.List;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.core.log.LogMessage;

/**
 * Whether the application accepts traffic. The one place that hears of it: everybody else
 * asks here, or is told in an order that can be relied on, once probes are answered
 * accordingly. What a child context says of itself does not count. Once a shutdown has
 * begun, traffic is refused, whatever the application goes on to publish.
 */
public final class Readiness implements ApplicationListener<AvailabilityChangeEvent<ReadinessState>> {

	private static final Log logger = LogFactory.getLog(Readiness.class);

	private final ApplicationContext context;

	private final Supplier<List<Listener>> listeners;

	private volatile boolean reached;

	private volatile boolean refusing;

	/**
	 * Creates the latch.
	 * @param context the context whose readiness it is
	 * @param availability the bean that probes are answered from, or {@code null} if
	 * there is none. It is created first, and is therefore the first to hear of a change
	 * @param listeners who is told, in their order
	 */
	public Readiness(ApplicationContext context, @Nullable ApplicationAvailability availability,
			Supplier<List<Listener>> listeners) {
		this.context = context;
		this.reached = availability != null && availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC;
		this.listeners = listeners;
	}

	@Override
	public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
		boolean accepting = event.getState() == ReadinessState.ACCEPTING_TRAFFIC;
		if (accepting && this.refusing) {
			AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
			return;
		}
		if (event.getSource() instanceof ApplicationContext source && isChild(source)) {
			return;
		}
		this.reached |= accepting;
		for (Listener listener : this.listeners.get()) {
			try {
				listener.readinessChanged(accepting);
			}
			catch (RuntimeException | LinkageError ex) {
				logger.warn(LogMessage.format("%s failed to take note of readiness", listener), ex);
			}
		}
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	private boolean isChild(ApplicationContext other) {
		ApplicationContext ancestor = other.getParent();
		while (ancestor != null && ancestor != this.context) {
			ancestor = ancestor.getParent();
		}
		return ancestor != null;
	}

	/**
	 * Refuses traffic to the end. A health check of the application that publishes its
	 * own verdict would otherwise bring clients back while their requests are refused.
	 */
	public void refuse() {
		this.refusing = true;
	}

	/**
	 * Returns whether traffic is refused to the end.
	 * @return whether a shutdown has begun
	 */
	public boolean isRefused() {
		return this.refusing;
	}

	/**
	 * Returns whether the application has ever accepted traffic.
	 * @return whether it has
	 */
	public boolean wasReached() {
		return this.reached;
	}

	/**
	 * Is told whenever readiness is published. Beans of the same context only, in their
	 * {@link org.springframework.core.annotation.Order order}.
	 */
	@FunctionalInterface
	public interface Listener {

		/**
		 * Called when readiness was published, also if it is the same as before.
		 * @param accepting whether the application accepts traffic
		 */
		void readinessChanged(boolean accepting);

	}

}
