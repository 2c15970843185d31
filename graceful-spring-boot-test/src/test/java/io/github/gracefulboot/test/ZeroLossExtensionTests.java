package io.github.gracefulboot.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.test.balancer.Balancer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.OutputDirectoryCreator;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.reporting.FileEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.EventType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link ZeroLossTest}, which run test classes of their own.
 */
class ZeroLossExtensionTests {

	private static final List<Long> PIDS = new ArrayList<>();

	@TempDir
	private Path directory;

	@BeforeEach
	void forget() {
		PIDS.clear();
	}

	@Test
	void whenTestsPassThenTheirFleetRanAndIsGone() {
		EngineExecutionResults results = run(Passing.class);
		results.testEvents().assertStatistics((counts) -> counts.started(2).succeeded(2));
		assertNothingIsLeft();
		assertThat(published(results)).contains("restart-1.md").anyMatch((file) -> file.startsWith("instance-"));
	}

	@Test
	void whenTooLittleWasSentThenTheTestFails() {
		EngineExecutionResults results = run(TooLittle.class);
		assertThat(failure(results)).hasMessageContaining("Expected at least 300 requests");
		assertNothingIsLeft();
	}

	@Test
	void whenNothingWasStoppedThenTheTestFails() {
		assertThat(failure(run(NothingStopped.class))).hasMessageContaining("Nothing was stopped");
		assertNothingIsLeft();
	}

	@Test
	void whenATestIsInterruptedThenNothingIsLeft() {
		assertThat(failure(run(Interrupted.class))).hasMessageContaining("timed out");
		assertNothingIsLeft();
	}

	@Test
	void whenThereIsNoJarThenTheTestsAreSkippedAndSayWhy() {
		List<Event> skipped = run(NoJar.class).containerEvents().aborted().list();
		assertThat(skipped).singleElement()
			.extracting((event) -> event.getRequiredPayload(TestExecutionResult.class).getThrowable().orElseThrow())
			.asInstanceOf(InstanceOfAssertFactories.THROWABLE)
			.hasMessageContaining("package the application first");
	}

	@Test
	void whenTheFieldIsEmptyThenItGetsTheFleetOfThePackagedApplication() {
		run(Defaulted.class);
		assertThat(Defaulted.fleet).isNotNull();
	}

	@Test
	void whenThereIsNoFleetThenSaysWhatToAdd() {
		Throwable failure = run(NoFleet.class).containerEvents()
			.failed()
			.list()
			.get(0)
			.getRequiredPayload(TestExecutionResult.class)
			.getThrowable()
			.orElseThrow();
		assertThat(failure).hasMessageContaining("add '@Instances static Fleet fleet;'");
	}

	private EngineExecutionResults run(Class<?> type) {
		return EngineTestKit.engine("junit-jupiter")
			.outputDirectoryCreator(new Outputs(this.directory))
			.selectors(DiscoverySelectors.selectClass(type))
			.execute();
	}

	private static Throwable failure(EngineExecutionResults results) {
		return results.testEvents()
			.failed()
			.list()
			.get(0)
			.getRequiredPayload(TestExecutionResult.class)
			.getThrowable()
			.orElseThrow();
	}

	private static List<String> published(EngineExecutionResults results) {
		return results.allEvents()
			.filter((event) -> event.getType() == EventType.FILE_ENTRY_PUBLISHED)
			.map((event) -> event.getRequiredPayload(FileEntry.class).getPath().getFileName().toString())
			.toList();
	}

	private static void assertNothingIsLeft() {
		assertThat(PIDS).isNotEmpty();
		Awaitility.await()
			.untilAsserted(() -> assertThat(PIDS)
				.noneMatch((pid) -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false)));
	}

	private static void remember(Fleet fleet) {
		fleet.getInstances().forEach((instance) -> PIDS.add(instance.getPid()));
	}

	/**
	 * Lets tests publish files.
	 *
	 * @param root where they go
	 */
	private record Outputs(Path root) implements OutputDirectoryCreator {

		@Override
		public Path getRootDirectory() {
			return this.root;
		}

		@Override
		public Path createOutputDirectory(TestDescriptor test) throws IOException {
			return Files.createDirectories(this.root.resolve(Integer.toHexString(test.getUniqueId().hashCode())));
		}

	}

	@ZeroLossTest
	static class Passing {

		@Instances
		static Fleet fleet = FakeApp.fleet();

		@Test
		void first(Traffic traffic, Instance instance) {
			remember(fleet);
			traffic.get("/fast").connections(1).during(() -> fleet.restart(instance, Signal.SIGTERM));
			instance.stop(Signal.SIGTERM);
		}

		@Test
		void second(Fleet same) {
			remember(same);
			assertThat(same).isSameAs(fleet);
			assertThat(same.getInstances()).allMatch(Instance::isRunning);
		}

	}

	@ZeroLossTest
	static class TooLittle {

		@Instances
		static Fleet fleet = FakeApp.fleet();

		@Test
		void test(Traffic traffic) {
			remember(fleet);
			RestartResult result = traffic.get("/fast")
				.connections(1)
				.openLoop(Rate.perSecond(20))
				.through(Balancer.prober(Duration.ofMillis(100)))
				.during(() -> fleet.restartInTurn(Times.times(1), Signal.SIGTERM));
			assertThat(result).lostNothing();
		}

	}

	@ZeroLossTest
	static class NothingStopped {

		@Instances
		static Fleet fleet = FakeApp.fleet().instances(1);

		@Test
		void test(Traffic traffic) {
			remember(fleet);
			assertThat(traffic.get("/fast").during(() -> {
			})).lostNothing();
		}

	}

	@ZeroLossTest
	static class Interrupted {

		@Instances
		static Fleet fleet = FakeApp.fleet();

		@Test
		@Timeout(value = 500, unit = TimeUnit.MILLISECONDS)
		void test(Traffic traffic) {
			remember(fleet);
			traffic.get("/fast").during(() -> fleet.instance(0).get("/hang").awaitStatus());
		}

	}

	@ZeroLossTest
	static class NoJar {

		@Instances
		static Fleet fleet = Fleet.ofPackagedApp(Path.of("src"));

		@Test
		void test() {
		}

	}

	@ZeroLossTest
	static class Defaulted {

		@Instances
		static Fleet fleet;

		@Test
		void test() {
		}

	}

	@ZeroLossTest
	static class NoFleet {

		@Test
		void test() {
		}

	}

}
