package io.github.gracefulboot.actuate;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.HandOver.Generation;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.Readiness;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Tells the stage of the stop: {@code UP} with {@code stage: running}, or
 * {@code OUT_OF_SERVICE} with the stage and {@code remainingMillis}, what is left of the
 * budget. Out of service is also who runs with {@code maintenance: true}. After a
 * hand-over {@code takenOverFrom} and {@code handedOverTo} are the ids of the processes
 * before and after this one.
 */
final class GracefulHealthIndicator extends AbstractHealthIndicator implements AopInfrastructureBean {

	private final ShutdownSequence shutdown;

	private final Readiness readiness;

	GracefulHealthIndicator(ShutdownSequence shutdown, Readiness readiness) {
		super("Could not determine the stage of the shutdown");
		this.shutdown = shutdown;
		this.readiness = readiness;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		Stage stage = this.shutdown.getStage();
		Deadline deadline = this.shutdown.getDeadline();
		if (stage == Stage.RUNNING && !this.readiness.isInMaintenance()) {
			builder.up();
		}
		else {
			builder.outOfService();
		}
		builder.withDetail("stage", stage.id());
		if (this.readiness.isInMaintenance()) {
			builder.withDetail("maintenance", true);
		}
		detail(builder, "takenOverFrom", this.shutdown.getTakenOverFrom());
		detail(builder, "handedOverTo", this.shutdown.getHandedOverTo());
		if (deadline != null) {
			builder.withDetail("remainingMillis", deadline.remaining().toMillis());
		}
	}

	private static void detail(Health.Builder builder, String name, @Nullable Generation generation) {
		if (generation != null) {
			builder.withDetail(name, generation.pid());
		}
	}

}
