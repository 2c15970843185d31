package io.github.gracefulboot.test.context;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.traffic.WakeUp;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Shuts an application context down under a clock that the test moves: what takes half a
 * minute in a process takes milliseconds. For beans that take part in a shutdown, such as
 * a {@link io.github.gracefulboot.DrainParticipant}. It has the starter's
 * auto-configuration and that of Spring Boot's core, as far as they apply, and the
 * context is ready when the test begins. Each method that describes it makes another one.
 * Needs spring-boot-test.
 */
public final class GracefulContextRunner {

	private final ApplicationContextRunner runner;

	/**
	 * Describes a context with nothing but the starter.
	 */
	public GracefulContextRunner() {
		this(new ApplicationContextRunner().withUserConfiguration(Starter.class));
	}

	private GracefulContextRunner(ApplicationContextRunner runner) {
		this.runner = runner;
	}

	/**
	 * Adds configuration classes.
	 * @param classes the classes
	 * @return another runner
	 */
	public GracefulContextRunner withUserConfiguration(Class<?>... classes) {
		return with((runner) -> runner.withUserConfiguration(classes));
	}

	/**
	 * Adds a bean.
	 * @param name its name
	 * @param type its type
	 * @param supplier creates it
	 * @param <T> its type
	 * @return another runner
	 */
	public <T> GracefulContextRunner withBean(String name, Class<T> type, Supplier<T> supplier) {
		return with((runner) -> runner.withBean(name, type, supplier));
	}

	/**
	 * Sets properties.
	 * @param pairs such as {@code graceful.shutdown.timeout=25s}
	 * @return another runner
	 */
	public GracefulContextRunner withPropertyValues(String... pairs) {
		return with((runner) -> runner.withPropertyValues(pairs));
	}

	/**
	 * Describes whatever else Spring Boot's runner can have.
	 * @param change makes another one of Spring Boot's runners
	 * @return another runner
	 */
	public GracefulContextRunner with(UnaryOperator<ApplicationContextRunner> change) {
		return new GracefulContextRunner(change.apply(this.runner));
	}

	/**
	 * Starts the context, runs a test and closes the context.
	 * @param test what is done
	 */
	public void run(ContextTest test) {
		ManualClock clock = new ManualClock();
		this.runner.withBean(GracefulShutdownAutoConfiguration.TIME, WakeUp.class, () -> clock).run((context) -> {
			ConfigurableApplicationContext source = context
				.getSourceApplicationContext(ConfigurableApplicationContext.class);
			AvailabilityChangeEvent.publish(source, ReadinessState.ACCEPTING_TRAFFIC);
			try (ContextStop stop = new ContextStop(source, clock)) {
				test.run(stop);
			}
		});
	}

	/**
	 * What a test does with a context.
	 */
	@FunctionalInterface
	public interface ContextTest {

		/**
		 * Runs the test.
		 * @param stop shuts the context down
		 * @throws Throwable if the test fails
		 */
		void run(ContextStop stop) throws Throwable;

	}

	/**
	 * An application that has nothing else.
	 */
	@Configuration(proxyBeanMethods = false)
	@Import(StarterImportSelector.class)
	static class Starter {

	}

}
