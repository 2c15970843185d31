package io.github.gracefulboot.grpc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;

import io.grpc.ManagedChannel;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Restarts two servers in turn under the calls of one client, which retries nothing.
 */
@EnabledIf(value = "io.github.gracefulboot.grpc.GrpcApplication#isPossible",
		disabledReason = "Spring Boot 4.0 has no gRPC server")
class GrpcRestartTests {

	private static final int RESTARTS = 4;

	private static final int CALLERS = 4;

	private final List<GrpcApplication> instances = new ArrayList<>();

	private final LongAdder answered = new LongAdder();

	private final Set<String> failures = ConcurrentHashMap.newKeySet();

	private final CountDownLatch callers = new CountDownLatch(CALLERS);

	private volatile boolean over;

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenInstancesAreRestartedInTurnThenNoCallFails(boolean checkHealth) throws InterruptedException {
		this.instances.add(GrpcApplication.start());
		this.instances.add(GrpcApplication.start());
		List<Integer> ports = this.instances.stream().map((instance) -> instance.server().getPort()).toList();
		FixedAddresses addresses = new FixedAddresses(ports);
		NameResolverRegistry.getDefaultRegistry().register(addresses);
		ManagedChannel client = connect(checkHealth);
		try {
			for (int i = 0; i < CALLERS; i++) {
				new Thread(() -> call(client), "caller").start();
			}
			awaitUsed(0, client);
			awaitUsed(1, client);
			for (int i = 0; i < RESTARTS; i++) {
				restart(i % 2, ports.get(i % 2));
				awaitUsed(i % 2, client);
			}
		}
		finally {
			this.over = true;
			this.callers.await();
			client.shutdownNow();
			NameResolverRegistry.getDefaultRegistry().deregister(addresses);
			this.instances.forEach(GrpcApplication::close);
		}
		System.out.printf("%d restarts under gRPC calls%s: %s of %d failed%n", RESTARTS,
				checkHealth ? " with health checks" : "", this.failures, this.answered.sum());
		assertThat(this.failures).isEmpty();
	}

	private static ManagedChannel connect(boolean checkHealth) {
		NettyChannelBuilder builder = NettyChannelBuilder.forTarget(FixedAddresses.TARGET)
			.usePlaintext()
			.defaultLoadBalancingPolicy("round_robin");
		if (checkHealth) {
			builder.defaultServiceConfig(Map.of("healthCheckConfig", Map.of("serviceName", "")));
		}
		return builder.build();
	}

	private void call(ManagedChannel client) {
		while (!this.over) {
			try {
				GrpcApplication.call(client, "now");
				this.answered.increment();
			}
			catch (StatusRuntimeException ex) {
				this.failures.add(String.valueOf(ex.getMessage()));
			}
		}
		this.callers.countDown();
	}

	private void restart(int index, int port) {
		GrpcApplication instance = this.instances.get(index);
		assertThat(instance.stop()).succeedsWithin(Duration.ofSeconds(10));
		assertThat(instance.shutdown().finish().isClean()).isTrue();
		this.instances.set(index, GrpcApplication.start("--spring.grpc.server.port=" + port));
	}

	/**
	 * The client waits for a second and longer before it tries again.
	 */
	private void awaitUsed(int index, ManagedChannel client) {
		TestService service = this.instances.get(index).service();
		Awaitility.await().until(() -> {
			client.resetConnectBackoff();
			return service.answered() > 100;
		});
	}

}
