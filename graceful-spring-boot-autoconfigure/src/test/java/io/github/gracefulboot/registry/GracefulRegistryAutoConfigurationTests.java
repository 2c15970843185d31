package io.github.gracefulboot.registry;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.traffic.Readiness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.client.DefaultServiceInstance;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulRegistryAutoConfiguration}, with registries that write down
 * what they hear.
 */
@ExtendWith(OutputCaptureExtension.class)
class GracefulRegistryAutoConfigurationTests {

	private final Instance instance = new Instance();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withPropertyValues("graceful.shutdown.timeout=4s")
		.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
				GracefulRegistryAutoConfiguration.class));

	@Test
	void whenReadyThenRegistersAndWhenAnnouncedThenDeregistersOnce() {
		Registry registry = new Registry();
		this.runner.withBean("registry", Registry.class, () -> registry).run((context) -> {
			Registry bean = context.getBean(Registry.class);
			bean.register(this.instance);
			assertThat(registry.heard).isEmpty();
			accept(context);
			assertThat(registry.heard).containsExactly("register");
			bean.setStatus(this.instance, "OUT_OF_SERVICE");
			assertThat(registry.heard).containsExactly("register", "OUT_OF_SERVICE");
			context.close();
			bean.deregister(this.instance);
			bean.register(this.instance);
			assertThat(registry.heard).containsExactly("register", "OUT_OF_SERVICE", "deregister");
		});
	}

	@Test
	void whenNeverReadyThenTheRegistryHearsNothing() {
		Registry registry = new Registry();
		this.runner.withBean("registry", Registry.class, () -> registry).run((context) -> {
			Registry bean = context.getBean(Registry.class);
			bean.register(this.instance);
			bean.deregister(this.instance);
			accept(context);
			assertThat(registry.heard).isEmpty();
		});
	}

	@Test
	void whenDeregisteredByOthersWhileRunningThenCanRegisterAgain() {
		Registry registry = new Registry();
		this.runner.withBean("registry", Registry.class, () -> registry).run((context) -> {
			Registry bean = context.getBean(Registry.class);
			accept(context);
			bean.register(this.instance);
			bean.deregister(this.instance);
			bean.register(this.instance);
			assertThat(registry.heard).containsExactly("register", "deregister", "register");
		});
	}

	@Test
	void whenThereIsMaintenanceThenIsDeregisteredForThatTime() {
		Registry registry = new Registry();
		this.runner.withBean("registry", Registry.class, () -> registry).run((context) -> {
			Registry bean = context.getBean(Registry.class);
			bean.register(this.instance);
			accept(context);
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
			accept(context);
			assertThat(registry.heard).as("what the application says of itself").containsExactly("register");
			Readiness readiness = context.getBean(Readiness.class);
			readiness.beginMaintenance();
			assertThat(registry.heard).containsExactly("register", "deregister");
			bean.register(this.instance);
			readiness.endMaintenance();
			assertThat(registry.heard).containsExactly("register", "deregister", "register");
			readiness.beginMaintenance();
			context.close();
			bean.deregister(this.instance);
			assertThat(registry.heard).containsExactly("register", "deregister", "register", "deregister");
		});
	}

	@Test
	void whenARegistryDoesNotAnswerThenTheStopGoesOn(CapturedOutput output) {
		CountDownLatch never = new CountDownLatch(1);
		Registry hanging = new Registry() {

			@Override
			public void deregister(Registration registration) {
				try {
					never.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}

		};
		Registry other = new Registry();
		this.runner.withBean("hanging", Registry.class, () -> hanging)
			.withBean("other", Registry.class, () -> other)
			.run((context) -> {
				context.getBeansOfType(Registry.class).values().forEach((bean) -> bean.register(this.instance));
				accept(context);
				context.close();
				assertThat(other.heard).containsExactly("register", "deregister");
			});
		never.countDown();
		assertThat(output).containsPattern("A service registry did not respond within .* ms; continuing without it");
	}

	@Test
	void whenDeregisteringFailsThenSpringCloudTriesAgain(CapturedOutput output) {
		Registry registry = new Registry() {

			@Override
			public void deregister(Registration registration) {
				super.deregister(registration);
				if (this.heard.size() == 2) {
					throw new IllegalStateException("Not now");
				}
			}

		};
		this.runner.withBean("registry", Registry.class, () -> registry).run((context) -> {
			Registry bean = context.getBean(Registry.class);
			bean.register(this.instance);
			accept(context);
			context.close();
			bean.deregister(this.instance);
			assertThat(registry.heard).containsExactly("register", "deregister", "deregister");
		});
		assertThat(output).contains("Could not deregister orders; Spring Cloud will try again");
	}

	@Test
	void whenDisabledThenRegistersAtOnce() {
		Registry registry = new Registry();
		this.runner.withPropertyValues("graceful.registry.enabled=false")
			.withBean("registry", Registry.class, () -> registry)
			.run((context) -> {
				context.getBean(Registry.class).register(this.instance);
				assertThat(registry.heard).containsExactly("register");
			});
	}

	@Test
	void whenSpringCloudIsAbsentThenStarts() {
		this.runner.withClassLoader(new FilteredClassLoader(ServiceRegistry.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RegistryListener.class));
	}

	private static void accept(ApplicationContext context) {
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
	}

	static class Registry implements ServiceRegistry<Registration> {

		final List<String> heard = new CopyOnWriteArrayList<>();

		@Override
		public void register(Registration registration) {
			this.heard.add("register");
		}

		@Override
		public void deregister(Registration registration) {
			this.heard.add("deregister");
		}

		@Override
		public void close() {
			// Nothing to close
		}

		@Override
		public void setStatus(Registration registration, String status) {
			this.heard.add(status);
		}

		@Override
		public <T> T getStatus(Registration registration) {
			return null;
		}

	}

	private static final class Instance extends DefaultServiceInstance implements Registration {

		private Instance() {
			super("orders-1", "orders", "127.0.0.1", 8080, false);
		}

	}

}
