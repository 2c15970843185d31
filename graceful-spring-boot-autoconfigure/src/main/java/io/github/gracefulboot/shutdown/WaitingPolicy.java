package io.github.gracefulboot.shutdown;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.core.env.Environment;

/**
 * What a stop waits for here. In a test and under devtools nobody routes traffic, so that
 * it does not reckon with clients that may still come;
 * {@code graceful.lame-duck.enabled=true} overrides this guess. With {@code false} it
 * does not wait for the load balancer, and still loses nothing that comes to an open
 * connection. With {@code server.shutdown=immediate} it does not wait for requests in
 * flight either.
 *
 * @param waits whether to wait for the load balancer
 * @param clientsMayCome whether clients may come until the listener is closed
 * @param drains whether to wait for requests in flight
 * @param drainsWork whether to wait for work of the application that no client waits for,
 * such as tasks, and for borrowed connections. In a test and under devtools, work that
 * never ends would delay each close
 * @param ownsProcess whether a stop may end the process, which a test's must not
 * @param quietPeriod how long an idle connection has to be idle before it may be closed
 */
public record WaitingPolicy(boolean waits, boolean clientsMayCome, boolean drains, boolean drainsWork,
		boolean ownsProcess, Duration quietPeriod) implements AopInfrastructureBean {

	/**
	 * Set where the context belongs to a test, which must not end the process or speak
	 * for it.
	 */
	public static final String TEST_PROPERTY = "org.springframework.boot.test.context.SpringBootTestContextBootstrapper";

	/**
	 * Loads an application that devtools restart. In an image that was packaged with them
	 * they do nothing.
	 */
	private static final String RESTARTED = "org.springframework.boot.devtools.restart.classloader.RestartClassLoader";

	static WaitingPolicy of(LameDuckProperties properties, Duration timeout, Environment environment,
			@Nullable ClassLoader classLoader) {
		boolean test = environment.containsProperty(TEST_PROPERTY);
		boolean immediate = "immediate".equalsIgnoreCase(environment.getProperty("server.shutdown"));
		boolean production = !test && !immediate && !isRestarted(classLoader);
		Boolean enabled = properties.getEnabled();
		boolean waits = (enabled != null) ? enabled : production;
		boolean clientsMayCome = waits || production;
		Duration quietPeriod = clientsMayCome ? properties.getQuietPeriod() : Duration.ZERO;
		return new WaitingPolicy(waits, clientsMayCome, !immediate, production, !test,
				Durations.shorter(quietPeriod, timeout.dividedBy(4)));
	}

	static boolean isRestarted(@Nullable ClassLoader classLoader) {
		return classLoader != null && classLoader.getClass().getName().equals(RESTARTED);
	}

}
