package io.github.gracefulboot.process;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.CoreConstants;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The shutdown hooks of the JVM that close what is needed to the end: embedded databases
 * of H2, under the statements that still run, and the log.
 */
final class LastHooks {

	/**
	 * H2's shutdown hook, which has no accessor.
	 */
	private static final String H2_HOOK = "org.h2.engine.OnExitDatabaseCloser";

	private static final String H2_HOOK_INSTANCE = "INSTANCE";

	private LastHooks() {
	}

	/**
	 * Takes the hooks from the JVM, which would run them beside the others.
	 * @return the hooks in the order in which they are to be run
	 */
	static List<Thread> takeFromJvm() {
		return Stream.of(ofH2(), ofLogback())
			.filter(Objects::nonNull)
			.filter((hook) -> Runtime.getRuntime().removeShutdownHook(hook))
			.toList();
	}

	private static @Nullable Thread ofH2() {
		try {
			Field instance = Class.forName(H2_HOOK, false, LastHooks.class.getClassLoader())
				.getDeclaredField(H2_HOOK_INSTANCE);
			instance.setAccessible(true);
			return (instance.get(null) instanceof Thread hook) ? hook : null;
		}
		catch (ReflectiveOperationException | RuntimeException | LinkageError ex) {
			return null;
		}
	}

	/**
	 * Returns the hook of the element {@code shutdownHook} in Logback's configuration.
	 */
	private static @Nullable Thread ofLogback() {
		try {
			return (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
					&& context.getObject(CoreConstants.SHUTDOWN_HOOK_THREAD) instanceof Thread hook) ? hook : null;
		}
		catch (LinkageError ex) {
			return null;
		}
	}

}
