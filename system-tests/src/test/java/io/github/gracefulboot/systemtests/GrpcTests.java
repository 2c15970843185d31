package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.grpc.GrpcClient;
import io.github.gracefulboot.systemtests.grpc.GrpcLoad;
import io.github.gracefulboot.test.process.Exit;
import io.github.gracefulboot.test.process.FreePorts;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A packaged application with a gRPC server and no web server, under real signals.
 */
@EnabledIfSystemProperty(named = "graceful.system-tests.grpc-jar", matches = ".+",
		disabledReason = "Spring Boot 4.0 has no gRPC server")
class GrpcTests {

	private static final int ROUNDS = Integer.getInteger("graceful.system-tests.rounds", 5);

	private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

	private static final int CALLS_OF_EACH = 100;

	private final List<Integer> ports = List.of(FreePorts.next(), FreePorts.next());

	private final List<AppProcess> instances = new ArrayList<>();

	@AfterEach
	void close() {
		this.instances.forEach(AppProcess::close);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTwoInstancesAreRestartedInTurnThenNoCallFails(boolean checkHealth) {
		Path directory = TestDirectory.create("grpc-restart-" + checkHealth);
		this.ports.forEach((port) -> this.instances.add(startServing(directory, port)));
		List<Exit> exits = new ArrayList<>();
		try (GrpcClient client = GrpcClient.roundRobin(this.ports, checkHealth);
				GrpcLoad load = GrpcLoad.start(client)) {
			this.instances.forEach((instance) -> awaitServed(instance, client, load));
			for (int restart = 0; restart < 2 * ROUNDS; restart++) {
				int index = restart % 2;
				exits.add(this.instances.get(index).stop("TERM"));
				this.instances.set(index, startServing(directory, this.ports.get(index)));
				awaitServed(this.instances.get(index), client, load);
			}
			load.close();
			System.out.printf("gRPC, round robin%s: %d of %d calls failed in %d restarts %s, exits %s%n",
					checkHealth ? " with health checks" : "", load.failed(), load.total(), exits.size(),
					load.failures(), exits);
			assertThat(load.failures()).isEmpty();
			assertThat(exits).allSatisfy((exit) -> {
				assertThat(exit.code()).isZero();
				assertThat(exit.took()).isLessThan(LONGEST_STOP);
			});
		}
	}

	@Test
	void whenSignalledThenProbersAreToldBeforeThePortClosesAndTheCallInFlightIsAnswered() {
		int port = this.ports.get(0);
		AppProcess process = startServing(TestDirectory.create("grpc-in-flight"), port);
		this.instances.add(process);
		try (GrpcClient client = GrpcClient.of(port); GrpcClient prober = GrpcClient.of(port)) {
			CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> client.work(Duration.ofSeconds(3)));
			for (int i = 0; i < 3; i++) {
				Awaitility.await().pollDelay(Duration.ofMillis(300)).until(prober::isServing);
			}
			long signalled = System.nanoTime();
			process.signal("TERM");
			Awaitility.await().pollInterval(Duration.ofMillis(100)).until(() -> !prober.isServing());
			assertThat(client.work(Duration.ofMillis(1))).startsWith("PT0.001S");
			Awaitility.await().pollInterval(Duration.ofMillis(100)).until(() -> !prober.isServing());
			assertThat(answer).succeedsWithin(LONGEST_STOP).asString().startsWith("PT3S");
			Exit exit = process.awaitExit(signalled);
			System.out.printf("gRPC, a call of 3 s in flight: answered, then exit code %d after %d ms%n", exit.code(),
					exit.took().toMillis());
			assertThat(exit.code()).isZero();
		}
	}

	private static AppProcess startServing(Path directory, int port) {
		AppProcess process = App
			.of(SampleJar.GRPC, directory, "--spring.grpc.server.port=" + port,
					"--spring.grpc.server.address=127.0.0.1")
			.start();
		try (GrpcClient client = GrpcClient.of(port)) {
			process.awaitStarted("health", client::isServing);
		}
		return process;
	}

	/*
	 * Until the client has found the instance, the other one is the only one that it has.
	 */
	private static void awaitServed(AppProcess instance, GrpcClient client, GrpcLoad load) {
		Awaitility.await("calls served by " + instance.instance()).until(() -> {
			client.connectNow();
			return load.servedBy(instance.pid()) > CALLS_OF_EACH;
		});
	}

}
