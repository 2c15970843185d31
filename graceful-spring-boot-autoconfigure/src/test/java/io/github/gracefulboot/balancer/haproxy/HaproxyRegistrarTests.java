package io.github.gracefulboot.balancer.haproxy;

import io.github.gracefulboot.LoadBalancer;
import io.github.gracefulboot.balancer.GracefulBalancerAutoConfiguration;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HaproxyRegistrar}.
 */
class HaproxyRegistrarTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulBalancerAutoConfiguration.class));

	@Test
	void whenNoSocketIsSetThenNothingIsThere() {
		this.runner.withPropertyValues("graceful.balancer.haproxy.servers=orders/a")
			.run((context) -> assertThat(context).doesNotHaveBean(LoadBalancer.class));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			graceful.balancer.haproxy.sockets=/run/a.sock,127.0.0.1:9999
			graceful.balancer.haproxy.sockets[0]=/run/a.sock;graceful.balancer.haproxy.sockets[1]=[::1]:9999
			""")
	void whenSocketsAreSetThenEachIsALoadBalancer(String properties) {
		this.runner.withPropertyValues(properties.split(";"))
			.run((context) -> assertThat(context.getBeansOfType(LoadBalancer.class).values())
				.extracting(LoadBalancer::name)
				.containsExactly("HAProxy at /run/a.sock",
						properties.contains("::1") ? "HAProxy at [::1]:9999" : "HAProxy at 127.0.0.1:9999"));
	}

	@Test
	void whenReadyAndThenClosedThenHaproxyHearsOfIt() {
		try (FakeHaproxy haproxy = new FakeHaproxy()) {
			haproxy.server("orders/a", "127.0.0.1", 8080, 8);
			this.runner
				.withPropertyValues("local.server.port=8080", "graceful.balancer.haproxy.sockets=" + haproxy.path())
				.run((context) -> {
					AvailabilityChangeEvent.publish(context.getSourceApplicationContext(),
							ReadinessState.ACCEPTING_TRAFFIC);
					Awaitility.await().until(() -> haproxy.adminState("orders/a") == 0);
					AvailabilityChangeEvent.publish(context.getSourceApplicationContext(),
							ReadinessState.REFUSING_TRAFFIC);
					Awaitility.await().until(() -> haproxy.adminState("orders/a") == 8);
				});
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					graceful.balancer.haproxy.sockets=admin.sock | such as /run/haproxy/admin.sock
					graceful.balancer.haproxy.sockets=/run/a.sock,graceful.balancer.haproxy.servers=orders | such as orders/orders-1
					""")
	void whenItCannotWorkThenTheStartFailsAndSaysWhatToDo(String properties, String advice) {
		this.runner.withPropertyValues(properties.split(","))
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining(advice));
	}

}
