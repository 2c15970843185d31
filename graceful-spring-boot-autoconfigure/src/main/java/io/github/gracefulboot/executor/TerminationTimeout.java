package io.github.gracefulboot.executor;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

/**
 * How long the application lets tasks of one of Spring's executors go on when that is
 * destroyed. Spring has setters for it only.
 */
final class TerminationTimeout {

	private TerminationTimeout() {
	}

	static Duration of(ExecutorConfigurationSupport executor) {
		boolean waits = Boolean.TRUE.equals(read(executor, "waitForTasksToCompleteOnShutdown"));
		return waits ? millis(read(executor, "awaitTerminationMillis")) : Duration.ZERO;
	}

	static Duration of(SimpleAsyncTaskExecutor executor) {
		return millis(read(executor, "taskTerminationTimeout"));
	}

	private static Duration millis(@Nullable Object value) {
		return (value instanceof Long millis) ? Duration.ofMillis(millis) : Duration.ZERO;
	}

	private static @Nullable Object read(Object executor, String name) {
		DirectFieldAccessor fields = new DirectFieldAccessor(executor);
		return fields.isReadableProperty(name) ? fields.getPropertyValue(name) : null;
	}

}
