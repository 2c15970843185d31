package io.github.gracefulboot.reactor;

import java.time.Duration;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import org.junit.jupiter.api.Test;
import reactor.netty.ReactorNetty;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.reactor.netty.autoconfigure.ReactorNettyConfigurations.ReactorResourceFactoryConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.ReactorNettyProperties;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulReactorResourcesAutoConfiguration}.
 */
class GracefulReactorResourcesAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
				GracefulReactorResourcesAutoConfiguration.class))
		.withUserConfiguration(ReactorResourceFactoryConfiguration.class);

	@Test
	void whenNobodySetsAQuietPeriodThenThereIsNone() {
		this.contextRunner.run((context) -> assertThat(quietPeriod(context.getBean(ReactorNettyProperties.class)))
			.isEqualTo(Duration.ZERO));
	}

	@Test
	void whenQuietPeriodIsSetThenItStays() {
		this.contextRunner.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=3s")
			.run((context) -> assertThat(quietPeriod(context.getBean(ReactorNettyProperties.class)))
				.isEqualTo(Duration.ofSeconds(3)));
	}

	@Test
	void whenQuietPeriodIsSetForTheWholeProcessThenItStays() {
		this.contextRunner.withSystemProperties(ReactorNetty.SHUTDOWN_QUIET_PERIOD + "=1")
			.run((context) -> assertThat(quietPeriod(context.getBean(ReactorNettyProperties.class))).isNull());
	}

	@Test
	void whenDisabledThenSpringBootsDefaultStays() {
		this.contextRunner.withPropertyValues("graceful.enabled=false")
			.run((context) -> assertThat(quietPeriod(context.getBean(ReactorNettyProperties.class))).isNull());
	}

	@Test
	void whenReactorNettyIsNotThereThenNothingIsConfigured() {
		new ApplicationContextRunner().withClassLoader(new FilteredClassLoader(ReactorNetty.class))
			.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
					GracefulReactorResourcesAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(EventLoopQuietPeriod.class));
	}

	private static Duration quietPeriod(ReactorNettyProperties properties) {
		return properties.getShutdownQuietPeriod();
	}

}
