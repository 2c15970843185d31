package io.github.gracefulboot.shutdown;

import java.time.Duration;

import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Whether a stop waits for clients that may still come. It does not where nobody routes
 * traffic: in a test, under devtools, or where the user wants an immediate shutdown of
 * the server; {@code graceful.lame-duck.enabled} overrides this guess.
 *
 * @param waits whether to wait
 * @param quietPeriod how long an idle connection has to be idle before it may be closed
 * @since 0.1.0
 */
public record WaitingPolicy(boolean waits, Duration quietPeriod) {

	private static final String TEST_PROPERTY = "org.springframework.boot.test.context.SpringBootTestContextBootstrapper";

	private static final String DEVTOOLS_CLASS = "org.springframework.boot.devtools.restart.Restarter";

	static WaitingPolicy of(LameDuckProperties properties, Environment environment) {
		Boolean enabled = properties.getEnabled();
		boolean waits = (enabled != null) ? enabled : !isDevelopment(environment);
		return new WaitingPolicy(waits, waits ? properties.getQuietPeriod() : Duration.ZERO);
	}

	private static boolean isDevelopment(Environment environment) {
		return environment.containsProperty(TEST_PROPERTY) || ClassUtils.isPresent(DEVTOOLS_CLASS, null)
				|| "immediate".equalsIgnoreCase(environment.getProperty("server.shutdown"));
	}

}
