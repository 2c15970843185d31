package io.github.gracefulboot.traffic;

import java.util.List;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.core.log.LogMessage;

/**
 * Whether the application accepts traffic. The one place that hears of it: everybody else
 * asks here, or is told in an order that can be relied on, once probes are answered
 * accordingly. What a child context says of itself does not count. During maintenance,
 * and once a shutdown has begun, traffic is refused, whatever the application goes on to
 * publish.
 */
public final class Readiness
		implements ApplicationListener<AvailabilityChangeEvent<ReadinessState>>, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(Readiness.class);

	private final ApplicationContext context;

	private final Supplier<List<Listener>> listeners;

	private volatile boolean reached;

	private volatile boolean refusing;

	private volatile boolean maintenance;

	/**
	 * What the application says of itself, which may not be what clients are told.
	 */
	private volatile boolean willing;

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
		this.willing = this.reached;
		this.listeners = listeners;
	}

	@Override
	public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
		boolean accepting = event.getState() == ReadinessState.ACCEPTING_TRAFFIC;
		boolean own = !(event.getSource() instanceof ApplicationContext source && isChild(source));
		if (accepting && isRefused()) {
			if (own) {
				this.willing = true;
			}
			publishRefusal();
			return;
		}
		if (!own) {
			return;
		}
		if (!(event instanceof Refusal<?>)) {
			this.willing = accepting;
		}
		if (accepting) {
			this.reached = true;
		}
		for (Listener listener : this.listeners.get()) {
			try {
				listener.readinessChanged(accepting);
			}
			catch (RuntimeException | Error ex) {
				logger.warn(LogMessage.format("%s failed to take note of readiness", listener), ex);
			}
		}
		if (accepting && isRefused()) {
			// Since a moment ago
			publishRefusal();
		}
	}

	private void publishRefusal() {
		this.context.publishEvent(new Refusal<>(this.context, ReadinessState.REFUSING_TRAFFIC));
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
	 * Refuses traffic until {@link #endMaintenance()}, while all that comes is served.
	 */
	public synchronized void beginMaintenance() {
		this.maintenance = true;
		publishRefusal();
	}

	/**
	 * Accepts traffic again, unless the application itself does not.
	 */
	public synchronized void endMaintenance() {
		this.maintenance = false;
		if (isAccepted()) {
			AvailabilityChangeEvent.publish(this.context, ReadinessState.ACCEPTING_TRAFFIC);
		}
	}

	/**
	 * Returns whether traffic is refused until somebody takes that back.
	 * @return whether there is maintenance
	 */
	public boolean isInMaintenance() {
		return this.maintenance;
	}

	/**
	 * Returns whether traffic is accepted.
	 * @return whether clients are told so
	 */
	public boolean isAccepted() {
		return this.willing && !isRefused();
	}

	/**
	 * Returns whether traffic is refused, whatever the application publishes.
	 * @return whether there is maintenance, or a shutdown has begun
	 */
	public boolean isRefused() {
		return this.refusing || this.maintenance;
	}

	/**
	 * Returns whether the application has ever accepted traffic.
	 * @return whether it has
	 */
	public boolean wasReached() {
		return this.reached;
	}

	/**
	 * Is not what the application says of itself.
	 */
	private static final class Refusal<S extends AvailabilityState> extends AvailabilityChangeEvent<S> {

		Refusal(ApplicationContext context, S state) {
			super(context, state);
		}

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
