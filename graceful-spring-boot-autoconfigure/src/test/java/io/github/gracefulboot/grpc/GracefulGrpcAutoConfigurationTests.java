package io.github.gracefulboot.grpc;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.grpc.BindableService;
import io.grpc.InternalChannelz;
import io.grpc.protobuf.services.HealthStatusManager;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When gRPC servers are drained.
 */
class GracefulGrpcAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulGrpcAutoConfiguration.class))
		.withBean(BindableService.class, TestService::new);

	@Test
	void whenThereIsAServiceThenItsServerIsDrained() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(GrpcServerDrain.class)
			.hasSingleBean(GrpcHealth.class)
			.hasSingleBean(HealthStatusManager.class));
	}

	@Test
	void whenThereIsNoServiceThenNothingIsAdded() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulGrpcAutoConfiguration.class))
			.run((context) -> assertThat(context).doesNotHaveBean(GrpcServerDrain.class)
				.doesNotHaveBean(HealthStatusManager.class));
	}

	@Test
	void whenGracefulIsDisabledThenNothingIsAdded() {
		this.runner.withPropertyValues("graceful.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(GrpcServerDrain.class)
				.doesNotHaveBean(HealthStatusManager.class));
	}

	@Test
	void whenUserHasAHealthStatusManagerThenItIsUsed() {
		HealthStatusManager health = new HealthStatusManager();
		this.runner.withBean(HealthStatusManager.class, () -> health)
			.run((context) -> assertThat(context.getBean(HealthStatusManager.class)).isSameAs(health));
	}

	@Test
	void whenGrpcServicesAreAbsentThenTheServerIsStillDrained() {
		this.runner.withClassLoader(new FilteredClassLoader(HealthStatusManager.class))
			.run((context) -> assertThat(context).hasSingleBean(GrpcServerDrain.class)
				.doesNotHaveBean(GrpcHealth.class));
	}

	@Test
	void whenGrpcCoreIsAbsentThenNothingIsAdded() {
		this.runner.withClassLoader(new FilteredClassLoader(InternalChannelz.class))
			.run((context) -> assertThat(context).doesNotHaveBean(GrpcServerDrain.class));
	}

}
