package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The times that the application has set for its shutdown in Spring Boot's own
 * properties. What it waits for without the starter is waited for with it, too.
 *
 * @param requests the longest time for requests and lifecycle beans, or zero
 * @param tasks the longest time for the tasks of executors, or zero
 * @param properties the names of the properties that are set
 */
record ApplicationTimeouts(Duration requests, Duration tasks, List<String> properties) {

	static final String PHASE = "spring.lifecycle.timeout-per-shutdown-phase";

	private static final List<String> REQUESTS = List.of(PHASE, "spring.grpc.server.shutdown.grace-period");

	private static final List<String> TASKS = List.of("spring.task.execution.shutdown",
			"spring.task.scheduling.shutdown");

	/**
	 * Reads the properties.
	 * @param environment the properties
	 * @return the times
	 */
	static ApplicationTimeouts of(Environment environment) {
		Binder binder = Binder.get(environment);
		List<String> found = new ArrayList<>();
		Duration drain = Duration.ZERO;
		for (String property : REQUESTS) {
			drain = Durations.longer(drain, read(binder, property, found));
		}
		Duration work = Duration.ZERO;
		for (String prefix : TASKS) {
			if (binder.bind(prefix + ".await-termination", Boolean.class).orElse(false)) {
				work = Durations.longer(work, read(binder, prefix + ".await-termination-period", found));
			}
		}
		return new ApplicationTimeouts(drain, work, List.copyOf(found));
	}

	private static Duration read(Binder binder, String property, List<String> found) {
		Duration time = binder.bind(property, Duration.class).orElse(Duration.ZERO);
		if (!time.isZero()) {
			found.add(property);
		}
		return time;
	}

	/**
	 * Returns the budget in which they fit. Without the starter, tasks are waited for
	 * after requests.
	 * @param reserve the share of the budget that is kept for the release
	 * @return the whole time
	 */
	Duration within(Percentage reserve) {
		return this.requests.plus(this.tasks).multipliedBy(100).dividedBy(100 - reserve.percent());
	}

}
