package io.github.gracefulboot.grpc;

import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.Readiness;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Makes the health service report the readiness of the application, and
 * {@code NOT_SERVING} for every service once a shutdown has begun.
 */
final class GrpcHealth implements Announcer, Readiness.Listener, AopInfrastructureBean {

	private final HealthStatusManager health;

	GrpcHealth(HealthStatusManager health) {
		this.health = health;
		this.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
	}

	@Override
	public void readinessChanged(boolean accepting) {
		this.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
				accepting ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
	}

	@Override
	public void announceStop(Deadline deadline) {
		this.health.enterTerminalState();
	}

}
