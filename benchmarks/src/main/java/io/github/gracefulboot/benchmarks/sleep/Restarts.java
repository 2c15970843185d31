package io.github.gracefulboot.benchmarks.sleep;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.benchmarks.app.Server;
import io.github.gracefulboot.benchmarks.app.ServerProcess;
import io.github.gracefulboot.test.balancer.Balancer.Backends;
import io.github.gracefulboot.test.balancer.Prober;
import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.FreePorts;

/**
 * Two instances behind a prober that are restarted one after the other under load.
 *
 * @param report what became of the load
 * @param stop how long a stop took, on average
 */
record Restarts(LoadReport report, Duration stop) {

	private static final String READINESS = "/actuator/health/readiness";

	private static final int INSTANCES = 2;

	private static final Load LOAD = Load.of("GET", "/later?ms=50", true, 16);

	/**
	 * How often each instance is asked for readiness before the first one is stopped.
	 */
	private static final int PROBES_BEFORE = 3;

	static Restarts of(Policy policy, Prober prober, Path directory, List<String> jvm)
			throws IOException, InterruptedException {
		List<ServerProcess> instances = new ArrayList<>();
		try {
			List<Integer> ports = new ArrayList<>();
			for (int i = 0; i < INSTANCES; i++) {
				ports.add(FreePorts.next());
				instances.add(start(policy, ports.get(i), directory, jvm));
			}
			try (RunningBalancer balancer = prober.start(new Backends(ports, READINESS, directory))) {
				for (int port : ports) {
					balancer.awaitUp(port);
				}
				try (LoadClient load = LoadClient.start(LOAD, balancer.port())) {
					TimeUnit.MILLISECONDS.sleep(prober.period().multipliedBy(PROBES_BEFORE).toMillis());
					Duration total = Duration.ZERO;
					for (int i = 0; i < INSTANCES; i++) {
						total = total.plus(policy.stop(instances.get(i)));
						instances.set(i, start(policy, ports.get(i), directory, jvm));
						balancer.awaitUp(ports.get(i));
					}
					return new Restarts(load.stop(), total.dividedBy(INSTANCES));
				}
			}
		}
		finally {
			for (ServerProcess instance : instances) {
				instance.close();
			}
		}
	}

	private static ServerProcess start(Policy policy, int port, Path directory, List<String> jvm)
			throws IOException, InterruptedException {
		Path log = directory.resolve("%d-%d.log".formatted(port, System.currentTimeMillis()));
		return ServerProcess.start(Server.TOMCAT, policy.hasStarter(), log, jvm, "--server.port=" + port);
	}

	double seconds() {
		return Math.round(this.stop.toMillis() / 10.0) / 100.0;
	}

	@Override
	public String toString() {
		return "%,d of %,d, %s s".formatted(this.report.failed(), this.report.total(), seconds());
	}

}
