package io.github.gracefulboot.startup;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.WarmUp;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.startup.warmup.GracefulWarmUpAutoConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link GracefulStartupAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class GracefulStartupAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
				GracefulStartupAutoConfiguration.class, GracefulWarmUpAutoConfiguration.class));

	@Test
	void whenNothingIsSetThenDefaultsHold() {
		this.runner.run((context) -> {
			StartupProperties properties = context.getBean(StartupProperties.class);
			assertThat(properties.getTimeout()).isEqualTo(Duration.ofSeconds(60));
			assertThat(context.getBean(StartupChecksLifecycle.class).isRunning()).isTrue();
		});
	}

	@ParameterizedTest
	@CsvSource({ "timeout,0s", "timeout,-1s", "warm-up.timeout,0s", "warm-up.requests,0", "warm-up.concurrency,-1",
			"warm-up.paths,products", "warm-up.paths,//example.org/", "warm-up.paths,http://example.org/",
			"warm-up.paths,/green tea" })
	void whenValueCannotWorkThenFails(String name, String value) {
		this.runner.withPropertyValues("graceful.startup." + name + "=" + value)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("graceful.startup." + name));
	}

	@Test
	void whenDisabledThenNothingIsConfigured() {
		this.runner.withPropertyValues("graceful.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(StartupChecks.class)
				.doesNotHaveBean("gracefulWarmUpRunner"));
	}

	@Test
	void whenInATestThenNothingIsConfigured() {
		this.runner.withPropertyValues(WaitingPolicy.TEST_PROPERTY + "=true")
			.run((context) -> assertThat(context).doesNotHaveBean(StartupChecks.class)
				.doesNotHaveBean("gracefulWarmUpRunner"));
	}

	@Test
	void whenApplicationStartsThenEachStepComesInItsOrder() {
		assertOrder();
	}

	@Test
	void whenInitializationIsLazyThenEachStepComesInItsOrder() {
		assertOrder("--spring.main.lazy-initialization=true");
	}

	private static void assertOrder(String... arguments) {
		try (ConfigurableApplicationContext context = application(Steps.class).run(arguments)) {
			assertThat(context.getBean(Steps.class).steps).containsExactly("check", "listen", "runner", "runner",
					"warm-up", "ready");
			Awaitility.await().untilAsserted(GracefulStartupAutoConfigurationTests::assertThatNoThreadIsLeft);
		}
	}

	@Test
	void whenCheckFailsThenNothingHalfOpenIsLeft() {
		CopyOnWriteArrayList<String> destroyed = new CopyOnWriteArrayList<>();
		SpringApplication application = application(Steps.class);
		application.addInitializers((context) -> {
			context.getBeanFactory().registerSingleton("missing", TestCheck.never("missing"));
			((GenericApplicationContext) context).registerBean("pool", DisposableBean.class,
					() -> () -> destroyed.add("pool"));
		});
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> application.run("--graceful.startup.timeout=300ms"))
			.withStackTraceContaining("missing was still unavailable after");
		assertThat(destroyed).containsExactly("pool");
		Awaitility.await().untilAsserted(GracefulStartupAutoConfigurationTests::assertThatNoThreadIsLeft);
	}

	@Test
	void whenABeanOfTheApplicationHangsThenTheStackSaysWhere(CapturedOutput output) {
		this.runner.withPropertyValues("graceful.startup.timeout=50ms")
			.withInitializer((context) -> ((GenericApplicationContext) context).registerBean("hangs", Object.class,
					() -> awaitWarning(output)))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("GracefulStartupAutoConfigurationTests.awaitWarning");
	}

	private static Object awaitWarning(CapturedOutput output) {
		Awaitility.await().pollInSameThread().until(() -> output.getAll().contains("Not ready after"));
		return new Object();
	}

	private static void assertThatNoThreadIsLeft() {
		assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.noneMatch((name) -> name.startsWith("graceful-check") || name.startsWith("graceful-warm-up")
					|| name.startsWith("graceful-start"));
	}

	private static SpringApplication application(Class<?> configuration) {
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.build();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ApplicationAvailabilityAutoConfiguration.class, GracefulShutdownAutoConfiguration.class,
			GracefulStartupAutoConfiguration.class, GracefulWarmUpAutoConfiguration.class })
	static class Steps {

		private final List<String> steps = new CopyOnWriteArrayList<>();

		@Bean
		WarmUp warmUp() {
			return () -> this.steps.add("warm-up");
		}

		@Bean
		StartupCheck check() {
			return new TestCheck("check", 1) {

				@Override
				public void check() {
					Steps.this.steps.add("check");
				}

			};
		}

		@Bean
		ApplicationRunner applicationRunner() {
			return (arguments) -> this.steps.add("runner");
		}

		@Bean
		CommandLineRunner commandLineRunner() {
			return (arguments) -> this.steps.add("runner");
		}

		@Bean
		ApplicationListener<AvailabilityChangeEvent<ReadinessState>> readiness() {
			return new ApplicationListener<>() {

				@Override
				public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
					if (event.getState() == ReadinessState.ACCEPTING_TRAFFIC) {
						Steps.this.steps.add("ready");
					}
				}

			};
		}

		@Bean
		SmartLifecycle webServer() {
			return new SmartLifecycle() {

				@Override
				public void start() {
					Steps.this.steps.add("listen");
				}

				@Override
				public void stop() {
				}

				@Override
				public boolean isRunning() {
					return Steps.this.steps.contains("listen");
				}

				@Override
				public int getPhase() {
					return SmartLifecycle.DEFAULT_PHASE - 2048;
				}

			};
		}

	}

}
