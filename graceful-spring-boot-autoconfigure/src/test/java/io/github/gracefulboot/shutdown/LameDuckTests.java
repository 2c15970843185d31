package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.OpenConnection.State;
import io.github.gracefulboot.traffic.Peer;
import io.github.gracefulboot.traffic.ToldBalancer;
import io.github.gracefulboot.traffic.ToldBalancer.Answer;
import io.github.gracefulboot.traffic.Traffic;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LameDuck}, in time that passes only where it waits.
 */
@ExtendWith(OutputCaptureExtension.class)
class LameDuckTests {

	private final FakeTime time = new FakeTime();

	private final Traffic traffic = new Traffic(this.time, this.time);

	private final List<OpenConnection> connections = new ArrayList<>();

	private @Nullable Duration min;

	private @Nullable Integer probes;

	private boolean kubernetes;

	@Test
	void whenNobodyEverCameThenDoesNotWait() throws Exception {
		assertThat(await()).isZero();
	}

	@Test
	void whenOneProbeWasMadeByHandThenDoesNotWait() throws Exception {
		probe("curl", 200);
		this.time.pass(Duration.ofMillis(10));
		assertThat(await()).isZero();
	}

	@Test
	void whenProberAsksEachSecondThenWaitsForTwoFailingAnswers() throws Exception {
		proberEachSecond("balancer", 3);
		failingProbesAt("balancer", 3.4, 4.4);
		assertThat(await()).isEqualTo(seconds(1.4));
	}

	@Test
	void whenRequestsStillComeAfterTheProbesThenWaitsForTheQuietPeriod() throws Exception {
		this.probes = 2;
		proberEachSecond("balancer", 3);
		failingProbesAt("balancer", 3.1, 4.1);
		this.time.at(seconds(4), this::request);
		assertThat(await()).isEqualTo(seconds(1.5));
	}

	@Test
	void whenThereAreTwoProbersThenWaitsForTheSlower() throws Exception {
		this.time.at(seconds(0.5), () -> probe("slow", 200)).at(seconds(2.5), () -> probe("slow", 200));
		proberEachSecond("fast", 3);
		failingProbesAt("fast", 3.1, 4.1);
		failingProbesAt("slow", 4.5, 6.5);
		assertThat(await()).isEqualTo(seconds(3.5));
	}

	@Test
	void whenTwoCheckersShareAnAddressThenTheirUnevenRhythmIsOneProber() throws Exception {
		this.time.at(seconds(0), () -> probe("kubelet", 200)).at(seconds(0.05), () -> probe("kubelet", 200));
		this.time.at(seconds(2), () -> probe("kubelet", 200)).at(seconds(2.05), () -> probe("kubelet", 200));
		this.time.pass(seconds(3));
		this.traffic.watch();
		failingProbesAt("kubelet", 4, 4.05);
		assertThat(await()).isEqualTo(seconds(1.05));
	}

	@Test
	void whenProberHasGoneThenDoesNotWaitForIt() throws Exception {
		proberEachSecond("balancer", 2);
		this.time.pass(seconds(6));
		assertThat(await()).isZero();
	}

	@Test
	void whenProberGoesMeanwhileThenGivesUpAfterThreeOfItsPeriods() throws Exception {
		proberEachSecond("balancer", 3);
		failingProbesAt("balancer", 3.2);
		assertThat(await()).isBetween(seconds(3.5), seconds(3.51));
	}

	@Test
	void whenProberStandsStillThenItsRequestsTellThatItHasNotGone() throws Exception {
		proberEachSecond("balancer", 3);
		requests(3.02, 5.9);
		failingProbesAt("balancer", 6.5, 7.5, 8.5);
		assertThat(await()).isEqualTo(seconds(5.5));
	}

	@Test
	void whenProberAsksTooSeldomToBeWaitedForThenIgnoresIt() throws Exception {
		this.time.at(seconds(0), () -> probe("monitor", 200)).at(seconds(60), () -> probe("monitor", 200));
		this.time.pass(seconds(61));
		assertThat(await()).isZero();
	}

	@Test
	void whenOnlyOneAnswerFitsIntoTheLongestWaitThenOneIsEnough() throws Exception {
		this.time.at(seconds(0), () -> probe("kubelet", 200)).at(seconds(8), () -> probe("kubelet", 200));
		this.time.pass(seconds(9));
		this.traffic.watch();
		failingProbesAt("kubelet", 16);
		assertThat(await()).isEqualTo(seconds(7));
	}

	@Test
	void whenProberIsStillToldThatThisIsReadyThenIsNotWaitedForToTheEnd() throws Exception {
		proberEachSecond("balancer", 3);
		for (int i = 0; i < 20; i++) {
			this.time.at(seconds(3.1 + i), () -> probe("balancer", 200));
		}
		assertThat(await()).isEqualTo(seconds(2.1));
	}

	@Test
	void whenOneAnswerWasUnderWayThenFailingAnswersAreWaitedFor() throws Exception {
		proberEachSecond("balancer", 3);
		this.time.at(seconds(3.1), () -> probe("balancer", 200));
		failingProbesAt("balancer", 4.1, 5.1);
		assertThat(await()).isEqualTo(seconds(2.1));
	}

	@Test
	void whenReadinessWasRefusedBeforeThenTheAnswersCountAlready() throws Exception {
		this.time.at(seconds(0), () -> probe("balancer", 503)).at(seconds(1), () -> probe("balancer", 503));
		this.time.pass(seconds(1.5));
		assertThat(await()).isZero();
	}

	@Test
	void whenRequestsNeverStopThenEndsAtTheDeadline() throws Exception {
		proberEachSecond("balancer", 3);
		failingProbesAt("balancer", 3.1, 4.1);
		for (int i = 0; i < 200; i++) {
			this.time.at(seconds(3 + i * 0.1), this::request);
		}
		assertThat(await()).isEqualTo(seconds(10));
	}

	@Test
	void whenMinimumIsSetThenWaitsForIt() throws Exception {
		this.min = seconds(2);
		assertThat(await()).isEqualTo(seconds(2));
	}

	@Test
	void whenClientsAreConnectedAndNobodyProbesThenWaitsUntilEachIsIdleLongEnough() throws Exception {
		listConnections();
		this.connections.add(connection(State.IDLE, 0));
		this.time.pass(seconds(0.2));
		assertThat(await()).isEqualTo(seconds(0.3));
	}

	@Test
	void whenConnectionIsToldToCloseThenIsNotWaitedForAnyMore() throws Exception {
		listConnections();
		this.connections.add(connection(State.IDLE, 0));
		this.time.at(seconds(0.1), () -> {
			this.connections.clear();
			this.traffic.changed();
		});
		this.traffic.watch();
		assertThat(await()).isEqualTo(seconds(0.1));
	}

	@Test
	void whenConnectionsComeLaterThenTheyAreNotWaitedFor() throws Exception {
		listConnections();
		this.connections.add(connection(State.IDLE, 0));
		for (int i = 1; i < 100; i++) {
			double when = i * 0.1;
			this.time.at(seconds(when), () -> this.connections.add(connection(State.FRESH, when)));
		}
		assertThat(await()).isEqualTo(seconds(0.5));
	}

	@Test
	void whenConnectionIsBusyOrUpgradedThenLeavesItToTheDrain() throws Exception {
		listConnections();
		this.connections.add(connection(State.BUSY, 0));
		this.connections.add(connection(State.UPGRADED, 0));
		assertThat(await()).isZero();
	}

	@Test
	void whenServerDoesNotListConnectionsThenWaitsForTheQuietPeriodOnce() throws Exception {
		request();
		this.time.pass(seconds(0.1));
		for (int i = 2; i < 100; i++) {
			this.time.at(seconds(i * 0.1), this::request);
		}
		assertThat(await()).isEqualTo(seconds(0.4));
	}

	@Test
	void whenRequestsAreSparseThenTwoAnswersAreEnoughOnlyAfterAConvincingSilence() throws Exception {
		requestsEach(0.16, 11.9);
		proberEachSecond("balancer", 12);
		failingProbesAt("balancer", 12.1, 13.1, 15.1);
		requestsEach(12.02, 0.16, 13.25);
		// Four times 0.16 s after the last one
		assertThat(await()).isEqualTo(seconds(1.78));
	}

	@Test
	void whenRequestsGoOnThenTheThirdAnswerIsWaitedFor() throws Exception {
		requestsEach(0.16, 11.9);
		proberEachSecond("balancer", 12);
		failingProbesAt("balancer", 12.9, 13.9, 14.9);
		requestsEach(12.02, 0.16, 14.35);
		assertThat(await()).isEqualTo(seconds(2.9));
	}

	@Test
	void whenThereWereTooFewRequestsToTellThenTheThirdAnswerIsWaitedFor() throws Exception {
		requestsEach(0.05, 3);
		proberEachSecond("balancer", 3);
		failingProbesAt("balancer", 3.9, 4.9, 5.9);
		assertThat(await()).isEqualTo(seconds(2.9));
	}

	@Test
	void whenTheNumberOfAnswersIsSetThenSilenceDoesNotMatter() throws Exception {
		this.probes = 1;
		requestsEach(0.5, 3);
		proberEachSecond("balancer", 3);
		failingProbesAt("balancer", 3.1);
		this.time.at(seconds(3), this::request);
		assertThat(await()).isEqualTo(seconds(0.5));
	}

	@Test
	void whenKubeletProbesThenEndpointsAreGivenTheirTime() throws Exception {
		requestsEach(0.25, 3);
		proberEachSecond("kube-probe/1.33", 3);
		requests(4.5, 5.5);
		assertThat(await()).isEqualTo(seconds(4));
	}

	@Test
	void whenRequestsStillComeOnKubernetesThenTheirEndIsWaitedFor() throws Exception {
		this.kubernetes = true;
		request();
		requests(1, 2, 3.8);
		assertThat(await()).isEqualTo(seconds(4.3));
	}

	@Test
	void whenNobodyComesOnKubernetesThenDoesNotWait() throws Exception {
		this.kubernetes = true;
		proberEachSecond("kube-probe/1.33", 3);
		assertThat(await()).isZero();
	}

	@Test
	void whenMinimumIsSetOnKubernetesThenThatCounts() throws Exception {
		this.kubernetes = true;
		this.min = seconds(1);
		request();
		assertThat(await()).isEqualTo(seconds(1));
	}

	@Test
	void whenAgentOfConsulProbesThenIsNotWaitedFor() throws Exception {
		proberEachSecond("Consul Health Check", 3);
		assertThat(await()).isZero();
	}

	@Test
	void whenProberOnThisMachineSendsNoRequestsThenIsNotWaitedFor() throws Exception {
		Client healthCheck = new Client("127.0.0.1", null);
		request();
		for (int i = 0; i < 3; i++) {
			this.time.at(seconds(i), () -> this.traffic.probeAnswered(healthCheck, true));
		}
		this.time.pass(seconds(3));
		assertThat(await()).isZero();
	}

	@Test
	void whenProxyOnThisMachineProbesThenIsWaitedFor() throws Exception {
		Client proxy = new Client("127.0.0.1", null);
		this.traffic.requestCame(() -> new Peer("198.51.100.1", true));
		for (int i = 0; i < 3; i++) {
			this.time.at(seconds(i), () -> this.traffic.probeAnswered(proxy, true));
		}
		this.time.pass(seconds(2.5));
		this.traffic.watch();
		this.time.at(seconds(3), () -> this.traffic.probeAnswered(proxy, false))
			.at(seconds(4), () -> this.traffic.probeAnswered(proxy, false))
			.at(seconds(5), () -> this.traffic.probeAnswered(proxy, false));
		assertThat(await()).isEqualTo(seconds(2.5));
	}

	@Test
	void whenEnvoyProbesThenOneAnswerIsEnough() throws Exception {
		requestsEach(0.5, 3);
		proberEachSecond("Envoy/HC", 3);
		failingProbesAt("Envoy/HC", 3.2);
		this.time.at(seconds(3), this::request);
		assertThat(await()).isEqualTo(seconds(0.5));
	}

	@Test
	void whenBalancerAsksTooSeldomThenServesForTheLongestTimeAndWarns(CapturedOutput output) throws Exception {
		for (int i = 0; i < 2; i++) {
			this.time.at(seconds(i * 30), () -> probe("ELB-HealthChecker/2.0", 200));
		}
		this.time.pass(seconds(31));
		assertThat(await()).isEqualTo(seconds(10));
		assertThat(output).containsOnlyOnce("192.0.2.1 ELB-HealthChecker/2.0 asks for readiness only each 30 s");
	}

	@Test
	void whenRequestsStillComeAtTheEndThenWarns(CapturedOutput output) throws Exception {
		proberEachSecond("balancer", 3);
		failingProbesAt("balancer", 3.11, 4.11, 5.11, 6.11);
		requestsEach(3.02, 0.16, 20);
		assertThat(await()).isEqualTo(seconds(10));
		assertThat(output).containsOnlyOnce("Requests still come at the end of the longest wait, and may be lost "
				+ "(192.0.2.1 balancer received 4 failing readiness responses)");
	}

	@Test
	void whenManyProbeThenTheLineNamesTheFirstTen() throws Exception {
		List<String> balancers = IntStream.range(0, 14).mapToObj((i) -> "balancer-" + i).toList();
		for (int second = 0; second < 3; second++) {
			this.time.at(seconds(second + 0.1), () -> balancers.forEach((balancer) -> probe(balancer, 200)));
		}
		this.time.pass(seconds(3));
		this.traffic.watch();
		balancers.forEach((balancer) -> failingProbesAt(balancer, 3.1, 4.1, 5.1));
		assertThat(end().detail()).endsWith(" received 2 failing readiness responses, and 4 more")
			.satisfies((detail) -> assertThat(detail.split(",")).hasSize(11));
	}

	@Test
	void whenUnknownBalancerAsksTooSeldomAndSendsRequestsThenServesForTheLongestTime() throws Exception {
		this.traffic.requestCame(() -> new Peer("192.0.2.1", true));
		for (int i = 0; i < 2; i++) {
			this.time.at(seconds(i * 30), () -> probe("Go-http-client/1.1", 200));
		}
		this.time.pass(seconds(31));
		assertThat(await()).isEqualTo(seconds(10));
	}

	@Test
	void whenTheBalancerHasDrainedThenItsProbesAndRequestsAreNotWaitedFor() throws Exception {
		Told balancer = told("192.0.2.1");
		requestsEach(0.5, 3);
		proberEachSecond("balancer", 3);
		this.time.at(seconds(3), this::request)
			.at(seconds(3.05), () -> balancer.answer(Answer.DRAINING))
			.at(seconds(3.2), () -> balancer.answer(Answer.DRAINED));
		listConnections();
		assertThat(await()).isEqualTo(seconds(0.2));
	}

	@Test
	void whenTheBalancerStillHasSessionsThenIsWaitedForByItsProbes() throws Exception {
		Told balancer = told("192.0.2.1");
		proberEachSecond("balancer", 3);
		this.time.at(seconds(3.05), () -> balancer.answer(Answer.DRAINING));
		failingProbesAt("balancer", 3.4, 4.4);
		assertThat(await()).isEqualTo(seconds(1.4));
	}

	@Test
	void whenTheBalancerDoesNotAnswerThenIsWaitedForByItsProbes() throws Exception {
		Told balancer = told("192.0.2.1");
		proberEachSecond("balancer", 3);
		failingProbesAt("balancer", 3.4, 4.4, 5.4);
		this.time.at(seconds(5), () -> balancer.answer(Answer.UNKNOWN));
		assertThat(await()).isEqualTo(seconds(2));
	}

	@Test
	void whenAnotherBalancerProbesThenItIsStillWaitedFor() throws Exception {
		Told balancer = told("192.0.2.7");
		balancer.answer(Answer.DRAINED);
		proberEachSecond("balancer", 3);
		failingProbesAt("balancer", 3.4, 4.4);
		assertThat(await()).isEqualTo(seconds(1.4));
	}

	@Test
	void whenOneOfTwoBalancersHasNotDrainedThenNeitherCounts() throws Exception {
		told("192.0.2.1").answer(Answer.DRAINED);
		told("192.0.2.7").answer(Answer.DRAINING);
		proberEachSecond("balancer", 3);
		failingProbesAt("balancer", 3.4, 4.4);
		assertThat(await()).isEqualTo(seconds(1.4));
	}

	@Test
	void whenTheBalancerProbesNobodyThenItsAnswerIsWaitedFor() throws Exception {
		Told balancer = told("192.0.2.1");
		requestsEach(0.5, 3);
		this.time.pass(seconds(3));
		this.traffic.watch();
		this.time.at(seconds(3.8), () -> balancer.answer(Answer.DRAINED));
		listConnections();
		assertThat(await()).isEqualTo(seconds(0.8));
	}

	private Told told(String address) {
		Told balancer = new Told(address);
		this.traffic.addBalancer(balancer);
		return balancer;
	}

	private void requestsEach(double period, double until) {
		requestsEach(0, period, until);
	}

	private void requestsEach(double from, double period, double until) {
		for (double second = from; second < until; second += period) {
			this.time.at(seconds(second), this::request);
		}
	}

	private void requests(double... times) {
		for (double time : times) {
			this.time.at(seconds(time), this::request);
		}
	}

	private StageEnd end() throws InterruptedException {
		LameDuck lameDuck = new LameDuck(this.min, this.kubernetes, this.probes, Duration.ofMillis(500), this.traffic,
				this.time);
		return lameDuck.await(Deadline.after(this.time, seconds(10)));
	}

	private Duration await() throws InterruptedException {
		Duration before = this.time.passed();
		assertThat(end().detail()).isNotEmpty();
		return this.time.passed().minus(before);
	}

	private void listConnections() {
		this.traffic.addConnectionSource(() -> List.copyOf(this.connections));
	}

	private OpenConnection connection(State state, double lastActivity) {
		long start = this.time.getAsLong() - this.time.passed().toNanos();
		return new OpenConnection(new Object(), state, start + seconds(lastActivity).toNanos());
	}

	private void proberEachSecond(String client, int times) {
		for (int i = 0; i < times; i++) {
			this.time.at(seconds(i + 0.1), () -> probe(client, 200));
		}
		this.time.pass(seconds(times));
		this.traffic.watch();
	}

	private void failingProbesAt(String client, double... times) {
		for (double time : times) {
			this.time.at(seconds(time), () -> probe(client, 503));
		}
	}

	private void request() {
		this.traffic.requestCame(() -> new Peer("198.51.100.1", false));
	}

	private void probe(String client, int status) {
		this.traffic.probeAnswered(new Client("192.0.2.1", client), status == 200);
	}

	private static Duration seconds(double seconds) {
		return Duration.ofMillis(Math.round(seconds * 1000));
	}

	private final class Told implements ToldBalancer {

		private final String address;

		private Answer answer = Answer.PENDING;

		private Told(String address) {
			this.address = address;
		}

		void answer(Answer answer) {
			this.answer = answer;
			LameDuckTests.this.traffic.changed();
		}

		@Override
		public Answer answer() {
			return this.answer;
		}

		@Override
		public boolean isAt(String address) {
			return this.address.equals(address);
		}

	}

}
