package io.github.gracefulboot.supervisor;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Threads that wait for each other's locks never go on.
 */
final class DeadlockCheck implements LivenessCheck, AopInfrastructureBean {

	private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

	@Override
	public Optional<String> whyBroken() {
		long[] ids = this.threads.findDeadlockedThreads();
		if (ids == null) {
			return Optional.empty();
		}
		return Optional.of("deadlock: " + Arrays.stream(this.threads.getThreadInfo(ids))
			.filter(Objects::nonNull)
			.map(DeadlockCheck::describe)
			.collect(Collectors.joining(", ")));
	}

	private static String describe(ThreadInfo thread) {
		return "%s waits for %s, held by %s".formatted(thread.getThreadName(), thread.getLockName(),
				thread.getLockOwnerName());
	}

}
