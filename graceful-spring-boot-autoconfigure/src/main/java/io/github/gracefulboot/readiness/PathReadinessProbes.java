package io.github.gracefulboot.readiness;

import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.github.gracefulboot.traffic.Readiness;
import io.github.gracefulboot.traffic.ReadinessProbes;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.util.function.SingletonSupplier;

/**
 * Recognizes readiness probes by their paths. The paths are determined when the first
 * request arrives, since the health groups are complete by then.
 */
final class PathReadinessProbes implements ReadinessProbes, AopInfrastructureBean {

	private final SingletonSupplier<ProbePaths> paths;

	private final Readiness readiness;

	private final BooleanSupplier portServedOn;

	PathReadinessProbes(Supplier<ProbePaths> paths, Readiness readiness, BooleanSupplier portServedOn) {
		this.paths = SingletonSupplier.of(paths);
		this.readiness = readiness;
		this.portServedOn = portServedOn;
	}

	@Override
	public Kind classify(String method, String path, boolean managementPort) {
		ProbePaths paths = this.paths.obtain();
		Kind kind = paths.classify(path, managementPort);
		if (kind != Kind.READINESS) {
			return kind;
		}
		if (this.portServedOn.getAsBoolean()) {
			return Kind.ACCEPTED;
		}
		boolean refused = this.readiness.isRefused() && !(isRead(method) && paths.saysByItself(path));
		return refused ? Kind.REFUSED : kind;
	}

	/**
	 * HAProxy asks with {@code OPTIONS} unless told otherwise, which Spring MVC answers
	 * 200 whatever the state.
	 */
	private static boolean isRead(String method) {
		return method.equals("GET") || method.equals("HEAD");
	}

}
