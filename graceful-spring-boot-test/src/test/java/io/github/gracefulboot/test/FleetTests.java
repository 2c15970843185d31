package io.github.gracefulboot.test;

import java.time.Duration;
import java.util.Optional;

import io.github.gracefulboot.test.balancer.Balancer;
import io.github.gracefulboot.test.http.FailureKind;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests of fleets, with real processes of a program that is not Spring's.
 */
class FleetTests {

	private static final Balancer PROBER = Balancer.prober(Duration.ofMillis(100));

	@Test
	void whenRequestsAreDroppedThenTheyAreLostAndWhenIsSaid() {
		try (Fleet fleet = FakeApp.fleet().named("dropped").start()) {
			RestartResult result = fleet.traffic()
				.post("/fast", Body.json((n) -> n))
				.get("/fast")
				.connections(4)
				.keepAlive(0.5)
				.through(PROBER)
				.during(() -> fleet.restartInTurn(Times.times(2), Signal.SIGTERM));
			assertThat(result).sentAtLeast(100).lostSomething();
			assertThat(result.stops()).hasSize(4)
				.allSatisfy((stop) -> assertThat(stop).isClean().hasExitCode(143).wasNotKilled());
			assertThat(result.failures()).extracting(FailedRequest::stage).contains("starting");
			assertThat(result.acknowledged()).doesNotHaveDuplicates()
				.doesNotContainAnyElementsOf(result.failures().stream().map(FailedRequest::number).toList());
			assertThat(result.timeline()).contains("SIGTERM", "exit code 143", "next one ready");
		}
	}

	@Test
	void whenNothingStopsThenAllIsAnsweredAtItsRate() {
		try (Fleet fleet = FakeApp.fleet().named("steady").instances(1).start()) {
			RestartResult result = fleet.traffic().get("/fast").openLoop(Rate.perSecond(100)).during(() -> {
			});
			assertThat(result.failures()).isEmpty();
			assertThat(result.stops()).isEmpty();
		}
	}

	@Test
	void whenAProcessHangsThenItIsKilled() {
		try (Fleet fleet = FakeApp.fleet("hangs")
			.named("hangs")
			.instances(1)
			.killAfter(Duration.ofMillis(500))
			.start()) {
			StopResult stop = fleet.instance(0).stop(Signal.SIGTERM);
			assertThat(stop.isKilled()).isTrue();
			assertThat(stop).hasExitCode(137);
			assertThat(stop.getOutcome()).isEmpty();
			assertThat(fleet.instance(0).isRunning()).isFalse();
		}
	}

	@Test
	void whenARequestHasArrivedThenItIsInTheProcess() {
		try (Fleet fleet = FakeApp.fleet().named("arrived").instances(1).start()) {
			PendingRequest request = fleet.instance(0).get("/hang").awaitArrived();
			assertThat(request.isDone()).isFalse();
			fleet.instance(0).stop(Signal.SIGKILL);
			assertThat(request.awaitFailure()).isEqualTo(FailureKind.RESET_NEW);
		}
	}

	@Test
	void whenAnInstanceWasStoppedThenItIsStartedAgain() {
		try (Fleet fleet = FakeApp.fleet().named("again").instances(1).start()) {
			fleet.instance(0).stop(Signal.SIGTERM);
			fleet.ensureRunning();
			assertThat(fleet.instance(0).get("/fast").awaitStatus()).isEqualTo(200);
		}
	}

	@Test
	void whenThereIsNoReadinessProbeThenSaysWhatToDo() {
		Fleet fleet = FakeApp.fleet("no-probe").instances(1).startTimeout(Duration.ofSeconds(2));
		assertThatIllegalStateException().isThrownBy(fleet.named("no-probe")::start)
			.withMessageContaining("404 to /actuator/health/readiness")
			.withMessageContaining("readyWhenListening()");
		try (Fleet listening = fleet.readyWhenListening().named("listening").start()) {
			assertThat(listening.instance(0).isRunning()).isTrue();
		}
	}

	@Test
	void whenAStartFailsThenTheEndOfItsLogIsShownAndNothingRuns() {
		Fleet fleet = FakeApp.fleet("fails").named("fails").instances(1);
		assertThatIllegalStateException().isThrownBy(fleet::start)
			.withMessageContaining("ended before it was ready")
			.withMessageContaining("It fails to start");
		assertThat(fleet.getInstances()).noneMatch(Instance::isRunning);
	}

	@Test
	void whenThereIsNoBalancerThenThereIsOneInstance() {
		try (Fleet fleet = FakeApp.fleet().named("no-balancer").start()) {
			Traffic traffic = fleet.traffic().get("/fast").through(Balancer.none());
			assertThatIllegalArgumentException().isThrownBy(() -> traffic.during(() -> {
			})).withMessageContaining("use one instance, or a balancer");
		}
	}

	@Test
	void whenAProcessIsClosedThenSoAreTheOnesThatItStarted() {
		Optional<ProcessHandle> child;
		try (Fleet fleet = Fleet.ofCommand("sh", "-c", "sleep 300 & exec \"$0\" \"$@\"")
			.args(FakeApp.command(FakeApp.class))
			.named("children")
			.instances(1)
			.start()) {
			child = ProcessHandle.of(fleet.instance(0).getPid()).flatMap((process) -> process.children().findFirst());
			assertThat(child).hasValueSatisfying((one) -> assertThat(one.isAlive()).isTrue());
		}
		child.orElseThrow().onExit().join();
	}

}
