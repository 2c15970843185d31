package io.github.gracefulboot.executor;

import java.lang.reflect.Field;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.util.ReflectionUtils;

/**
 * How long the application lets tasks of one of Spring's executors go on when that is
 * destroyed. Spring has setters for it only.
 */
final class TerminationTimeout {

	private TerminationTimeout() {
	}

	static Duration of(ExecutorConfigurationSupport executor) {
		boolean waits = read(executor, ExecutorConfigurationSupport.class,
				"waitForTasksToCompleteOnShutdown") instanceof Boolean value && value;
		return waits ? millis(read(executor, ExecutorConfigurationSupport.class, "awaitTerminationMillis"))
				: Duration.ZERO;
	}

	static Duration of(SimpleAsyncTaskExecutor executor) {
		return millis(read(executor, SimpleAsyncTaskExecutor.class, "taskTerminationTimeout"));
	}

	private static Duration millis(@Nullable Object value) {
		return (value instanceof Long millis) ? Duration.ofMillis(millis) : Duration.ZERO;
	}

	private static @Nullable Object read(Object executor, Class<?> type, String name) {
		Field field = ReflectionUtils.findField(type, name);
		if (field == null) {
			return null;
		}
		ReflectionUtils.makeAccessible(field);
		return ReflectionUtils.getField(field, executor);
	}

}
