package io.github.gracefulboot.test;

import java.time.Duration;
import java.util.List;

/**
 * Starts a fleet, says so and never ends.
 */
public final class AbandonedFleet {

	private AbandonedFleet() {
	}

	public static void main(String[] args) throws InterruptedException {
		Fleet fleet = FakeApp.fleet().start();
		List<String> pids = fleet.getInstances().stream().map((one) -> String.valueOf(one.getPid())).toList();
		System.out.println(String.join(" ", pids));
		Thread.sleep(Duration.ofMinutes(5).toMillis());
	}

}
