package io.github.gracefulboot.readiness;

import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.Readiness;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;

/**
 * Changes the readiness state to {@code REFUSING_TRAFFIC} unless Spring Boot has already
 * done so, which it does only for web applications. A context whose parent keeps the
 * state leaves it alone: the parent may live on.
 */
final class ReadinessAnnouncer implements Announcer, AopInfrastructureBean {

	private final ApplicationContext context;

	private final ApplicationAvailability availability;

	private final Readiness readiness;

	ReadinessAnnouncer(ApplicationContext context, ApplicationAvailability availability, Readiness readiness) {
		this.context = context;
		this.availability = availability;
		this.readiness = readiness;
	}

	@Override
	public void announceStop(Deadline deadline) {
		this.readiness.refuse();
		if (this.availability.getReadinessState() != ReadinessState.REFUSING_TRAFFIC
				&& this.context.getBeanNamesForType(ApplicationAvailability.class).length > 0) {
			AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
		}
	}

}
