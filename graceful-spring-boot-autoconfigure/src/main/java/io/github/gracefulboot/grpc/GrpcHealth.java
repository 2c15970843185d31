package io.github.gracefulboot.grpc;

import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.Readiness;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;

/**
 * Makes the health service tell the readiness of the application, and nothing but
 * {@code NOT_SERVING} of every service once a stop has begun.
 */
final class GrpcHealth implements Announcer, Readiness.Listener {

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
