package io.github.gracefulboot.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.shutdown.FixedHandOver;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.HandOver;
import io.github.gracefulboot.shutdown.HandOver.Generation;
import io.github.gracefulboot.shutdown.LastReport;
import io.github.gracefulboot.shutdown.LastReport.Summary;
import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.Traffic;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulReportAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class GracefulReportAutoConfigurationTests {

	private static final String HOSTILE = "POST /</script><script>alert(1)</script>\u0007\u2028&\"";

	@TempDir
	private Path directory;

	private final ApplicationContextRunner runner = new ApplicationContextRunner().withConfiguration(
			AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulReportAutoConfiguration.class));

	@Test
	void whenNobodyWantsAReportThenThereIsNoRecorder() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(StopRecorder.class));
		this.runner.withPropertyValues("graceful.shutdown.report.directory=")
			.run((context) -> assertThat(context).doesNotHaveBean(StopRecorder.class));
	}

	@Test
	void whenTheShutdownIsCleanThenItsReportSaysWhatHappened() {
		reporting().withPropertyValues("spring.application.name=orders").withBean(Work.class).run((context) -> {
			context.getBean(Work.class).released.countDown();
			accept(context);
			Traffic traffic = context.getBean(Traffic.class);
			traffic.watch();
			traffic.probeAnswered(new Client("10.0.0.1", "Go-http-client/1.1"), false);
			context.close();
		});
		Map<String, Object> report = report();
		assertThat(report).containsEntry("version", 1)
			.containsEntry("application", "orders")
			.containsEntry("outcome", "clean")
			.containsEntry("reason", "context-closed")
			.containsEntry("source", "context closed")
			.containsEntry("lost", List.of());
		assertThat(Long.parseLong(report.get("pid").toString())).isEqualTo(ProcessHandle.current().pid());
		assertThat(report.get("line").toString()).startsWith("Shutdown completed in ");
		assertThat(objects(report, "stages")).extracting((stage) -> stage.get("stage"))
			.containsExactly("announce", "lame-duck", "drain", "release", "exit");
		assertThat(objects(report, "stages")).allSatisfy((stage) -> assertThat(stage).containsKeys("took", "because"));
		assertThat(objects(report, "participants")).singleElement()
			.satisfies((one) -> assertThat(one).containsEntry("name", "work")
				.containsEntry("role", "intake")
				.containsEntry("finished", true));
		assertThat(objects(report, "probes")).singleElement()
			.satisfies((probe) -> assertThat(probe).containsEntry("address", "10.0.0.1")
				.containsEntry("userAgent", "Go-http-client/1.1")
				.containsEntry("kind", "unknown")
				.containsEntry("ready", false));
		assertThat(objects(report, "inFlight")).isNotEmpty();
	}

	@Test
	void whenThereWasAShutdownBeforeThenTheNextStartKnowsHowItWent() {
		reporting().run((context) -> {
			assertThat(context.getBean(LastReport.class).lastReport()).isNull();
			accept(context);
			context.close();
		});
		reporting().run((context) -> {
			LastReport reports = context.getBean(LastReport.class);
			Awaitility.await().until(() -> reports.lastReport() != null);
			Summary last = reports.lastReport();
			assertThat(last.outcome()).isEqualTo("clean");
			assertThat(last.reason()).isEqualTo("context-closed");
			assertThat(last.line()).startsWith("Shutdown completed in ");
			assertThat(Path.of(last.file())).exists().hasParent(this.directory);
		});
	}

	@Test
	void whenTheLastReportCannotBeReadThenNothingIsKnown() throws IOException {
		Files.writeString(
				this.directory
					.resolve("stop-20260101T000000.000Z-" + Instance.of(new MockEnvironment()).host() + "-1.json"),
				"{ \"version\"");
		reporting().run((context) -> {
			Awaitility.await()
				.until(() -> Thread.getAllStackTraces()
					.keySet()
					.stream()
					.noneMatch((thread) -> thread.getName().equals("graceful-report-check")));
			assertThat(context.getBean(LastReport.class).lastReport()).isNull();
		});
	}

	@Test
	void whenWorkIsCutOffThenTheReportHasItsStack() {
		reporting().withPropertyValues("graceful.shutdown.timeout=1s").withBean(Work.class).run((context) -> {
			accept(context);
			context.close();
		});
		Map<String, Object> report = report();
		assertThat(report).containsEntry("outcome", "forced");
		assertThat(objects(report, "lost")).singleElement().satisfies((lost) -> {
			assertThat(lost).containsEntry("how", "cut-off");
			assertThat(lost.get("what").toString()).startsWith("POST /</script><script>alert(1)</script>??&\"");
			assertThat((List<?>) lost.get("stack"))
				.anySatisfy((frame) -> assertThat(frame.toString()).contains("CountDownLatch.await"));
		});
	}

	@Test
	void whenNamesAreHostileThenThePageShowsThemAsText() throws IOException {
		reporting().withPropertyValues("graceful.shutdown.timeout=1s").withBean(Work.class).run((context) -> {
			accept(context);
			context.close();
		});
		String page = Files.readString(only(".html"));
		assertThat(page).contains("\\u003cscript\\u003ealert(1)")
			.doesNotContain("<script>alert")
			.doesNotContain("\u0007")
			.doesNotContain("\u2028")
			.doesNotContain("<link", "src=", "innerHTML", "fetch(");
	}

	@Test
	void whenTheProcessIsKilledThenAReportOfTheUnfinishedShutdownIsLeft() {
		reporting().withBean(Work.class).run((context) -> {
			accept(context);
			Thread closing = new Thread(context::close);
			closing.start();
			Awaitility.await().untilAsserted(() -> {
				Map<String, Object> report = report();
				assertThat(report).containsEntry("outcome", "unfinished").containsEntry("line", "");
				assertThat(objects(report, "stages")).last()
					.satisfies((stage) -> assertThat(stage).containsEntry("stage", "drain").doesNotContainKey("took"));
				assertThat(objects(report, "inFlight")).last()
					.satisfies((sample) -> assertThat(sample).containsEntry("count", 1));
			});
			context.getBean(Work.class).released.countDown();
			closing.join();
			assertThat(report()).containsEntry("outcome", "clean");
		});
	}

	@Test
	void whenReportsAreWrittenThenTheirFieldsAreThoseOfTheSchema() throws IOException {
		reporting().withPropertyValues("graceful.shutdown.timeout=1s").withBean(Work.class).run((context) -> {
			accept(context);
			context.getBean(Traffic.class).watch();
			context.getBean(Traffic.class).probeAnswered(new Client("10.0.0.1", "check"), true);
			context.close();
		});
		Path schema = Path.of("../docs/stop-report.schema.json");
		new Schema(JsonParserFactory.getJsonParser().parseMap(Files.readString(schema))).check("report", report());
	}

	@Test
	void whenThePortWasHandedOverThenTheReportNamesTheProcessesBeforeAndAfter() throws IOException {
		HandOver handOver = new FixedHandOver(true, new Generation(4711, Instant.parse("2026-01-01T00:00:00Z")),
				new Generation(4712, Instant.parse("2026-01-02T00:00:00Z")));
		reporting().withBean(HandOver.BEAN, HandOver.class, () -> handOver).run((context) -> {
			accept(context);
			context.close();
		});
		Map<String, Object> report = report();
		assertThat(report.get("takenOverFrom")).isEqualTo(Map.of("pid", 4711, "at", "2026-01-01T00:00:00Z"));
		assertThat(report.get("handedOverTo")).isEqualTo(Map.of("pid", 4712, "at", "2026-01-02T00:00:00Z"));
		Path schema = Path.of("../docs/stop-report.schema.json");
		new Schema(JsonParserFactory.getJsonParser().parseMap(Files.readString(schema))).check("report", report);
	}

	@Test
	void whenNothingWasHandedOverThenTheReportNamesNobody() {
		reporting().run((context) -> {
			accept(context);
			context.close();
		});
		assertThat(report()).doesNotContainKeys("takenOverFrom", "handedOverTo");
	}

	@Test
	void whenThereAreManyReportsThenTheOldestAreDeleted() throws IOException {
		for (int i = 0; i < 3; i++) {
			Files.createFile(this.directory.resolve("stop-2020010%dT000000.000Z-host-1.json".formatted(i + 1)));
			Files.createFile(this.directory.resolve("stop-2020010%dT000000.000Z-host-1.html".formatted(i + 1)));
		}
		Path other = Files.createFile(this.directory.resolve("orders.json"));
		reporting().withPropertyValues("graceful.shutdown.report.keep=2").run((context) -> {
			accept(context);
			context.close();
		});
		assertThat(names(".json")).hasSize(3)
			.contains("orders.json", "stop-20200103T000000.000Z-host-1.json")
			.noneMatch((name) -> name.startsWith("."));
		assertThat(names(".html")).hasSize(2).contains("stop-20200103T000000.000Z-host-1.html");
		assertThat(other).exists();
	}

	@Test
	void whenTheDirectoryCannotBeUsedThenItIsSaidAtTheStartAndTheShutdownIsAsWithout(CapturedOutput output)
			throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		this.runner.withPropertyValues("graceful.shutdown.report.directory=" + file).run((context) -> {
			Awaitility.await().until(() -> output.getAll().contains("Shutdowns cannot be reported to " + file));
			accept(context);
			context.close();
		});
		assertThat(output).contains("Shutdown completed in ")
			.containsOnlyOnce("The shutdown cannot be reported, continuing without it");
	}

	@Test
	void whenNoReportIsToBeKeptThenTheStartFailsAndSaysWhatToDo() {
		reporting().withPropertyValues("graceful.shutdown.report.keep=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining("graceful.shutdown.report.keep"));
	}

	@Test
	void whenThereIsATerminationLogThenItGetsTheLastLine() throws IOException {
		Path log = Files.writeString(this.directory.resolve("log"), "an older and much longer line ".repeat(100));
		this.runner.withPropertyValues("graceful.shutdown.report.termination-log=" + log).run((context) -> {
			accept(context);
			context.close();
		});
		assertThat(Files.readString(log)).startsWith("Shutdown completed in ").doesNotContain("older");
		assertThat(names(".json")).isEmpty();
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenTheReportHangsThenTheShutdownGoesOn(CapturedOutput output) throws Exception {
		Path pipe = this.directory.resolve("pipe");
		assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
		this.runner.withPropertyValues("graceful.shutdown.report.termination-log=" + pipe).run((context) -> {
			accept(context);
			context.close();
		});
		assertThat(output).contains("Shutdown completed in ",
				"The report of the shutdown was not written within 1.0 s");
		// Lets go of the thread
		assertThat(Files.readString(pipe)).startsWith("Shutdown completed in ");
	}

	@Test
	void whenProcessedAheadOfTimeThenTheStartDecides() {
		new ApplicationContextRunner().withSystemProperties(AbstractAotProcessor.AOT_PROCESSING + "=true")
			.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
					GracefulReportAutoConfiguration.class))
			.withPropertyValues("graceful.shutdown.report.termination-log=" + this.directory.resolve("none"))
			.run((context) -> {
				assertThat(context.containsBeanDefinition("gracefulStopRecorder")).isTrue();
				assertThat(context.getBeanProvider(StopRecorder.class).stream()).isEmpty();
			});
		RuntimeHints hints = new RuntimeHints();
		new GracefulReportAutoConfiguration.PageRuntimeHints().registerHints(hints, null);
		assertThat(RuntimeHintsPredicates.resource().forResource("io/github/gracefulboot/report/report.html"))
			.accepts(hints);
	}

	private ApplicationContextRunner reporting() {
		return this.runner.withPropertyValues("graceful.shutdown.report.directory=" + this.directory,
				"graceful.shutdown.report.termination-log=" + this.directory.resolve("none"));
	}

	private static void accept(ConfigurableApplicationContext context) {
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
	}

	private Map<String, Object> report() {
		try {
			return JsonParserFactory.getJsonParser().parseMap(Files.readString(only(".json")));
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private Path only(String suffix) throws IOException {
		List<String> names = names(suffix);
		assertThat(names).hasSize(1);
		return this.directory.resolve(names.get(0));
	}

	private List<String> names(String suffix) throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.map((file) -> file.getFileName().toString()).filter((name) -> name.endsWith(suffix)).toList();
		}
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> objects(Map<String, Object> report, String name) {
		return (List<Map<String, Object>>) report.get(name);
	}

	/**
	 * Has a task until it is released.
	 */
	static final class Work implements DrainParticipant {

		private final CountDownLatch released = new CountDownLatch(1);

		private volatile Thread thread = Thread.currentThread();

		@Override
		public String name() {
			return "work";
		}

		@Override
		public Collection<ActiveTask> activeTasks() {
			return (this.released.getCount() > 0) ? List.of(new ActiveTask(HOSTILE, Duration.ofSeconds(1), this.thread))
					: List.of();
		}

		@Override
		public void drain(Deadline deadline) throws InterruptedException {
			this.thread = Thread.currentThread();
			this.released.await();
		}

	}

	/**
	 * As much of JSON Schema as the schema of the report needs: a field that it does not
	 * name is an error.
	 *
	 * @param schema the schema
	 */
	private record Schema(Map<String, Object> schema) {

		@SuppressWarnings("unchecked")
		private void check(String path, Object value) {
			switch ((String) this.schema.get("type")) {
				case "object" -> {
					Map<String, Object> properties = (Map<String, Object>) this.schema.get("properties");
					Map<String, Object> object = (Map<String, Object>) value;
					assertThat(object).as(path)
						.containsKeys(((List<String>) this.schema.get("required")).toArray(String[]::new));
					object.forEach((name, field) -> {
						assertThat(properties).as(path).containsKey(name);
						new Schema((Map<String, Object>) properties.get(name)).check(path + "." + name, field);
					});
				}
				case "array" -> ((List<Object>) value).forEach(
						(item) -> new Schema((Map<String, Object>) this.schema.get("items")).check(path + "[]", item));
				case "integer" -> assertThat(value).as(path).isInstanceOfAny(Integer.class, Long.class);
				case "boolean" -> assertThat(value).as(path).isInstanceOf(Boolean.class);
				default -> {
					assertThat(value).as(path).isInstanceOf(String.class);
					if (this.schema.get("enum") instanceof List<?> values) {
						assertThat(value).as(path).isIn(values);
					}
				}
			}
		}

	}

}
