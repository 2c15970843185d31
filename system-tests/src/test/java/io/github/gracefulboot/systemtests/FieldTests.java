package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.http.HttpConnection;
import io.github.gracefulboot.test.http.HttpFailureException;
import io.github.gracefulboot.test.http.HttpMessage;
import io.github.gracefulboot.test.process.Exit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What people have in their services, in hand when SIGTERM comes, with the starter and
 * without.
 */
class FieldTests {

	private static final int KILLED_BY_SIGTERM = 143;

	private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(90);

	static final Set<Row> IN_VERIFY = EnumSet.of(Row.POOL_IN_A_FIELD, Row.RUNNER_AT_WORK, Row.BATCH_JOB_OF_NO_BEAN,
			Row.EXIT_FROM_A_REQUEST);

	static final Set<Row> OTHERS = EnumSet.complementOf(EnumSet.copyOf(IN_VERIFY));

	private static final Path DIRECTORY = TestDirectory.create("field");

	@ParameterizedTest
	@FieldSource("IN_VERIFY")
	void nothingIsLostOrItIsNamed(Row row) throws Exception {
		row.withStarter.check(run(row, SampleJar.FIELD), 0);
	}

	@ParameterizedTest
	@Tag("full")
	@FieldSource("OTHERS")
	void nothingIsLostOrItIsNamedEither(Row row) throws Exception {
		row.withStarter.check(run(row, SampleJar.FIELD), 0);
	}

	@ParameterizedTest
	@Tag("full")
	@EnumSource
	void whatPlainSpringBootDoes(Row row) throws Exception {
		row.plain.check(run(row, SampleJar.PLAIN_FIELD), KILLED_BY_SIGTERM);
	}

	private static Result run(Row row, SampleJar jar) throws Exception {
		Path evidence = DIRECTORY.resolve("%s-%s.txt".formatted(row, jar));
		Files.deleteIfExists(evidence);
		App app = App.of(jar, DIRECTORY, row.args()).withJvmOptions("-Dfield.evidence=" + evidence);
		try (AppProcess process = app.start()) {
			process.awaitLog(row.becomesReady() ? ": Ready" : ": Started FieldApplication");
			CompletableFuture<String> response = row.begin(process);
			if (row.stops != Stops.ITSELF) {
				Awaitility.await().until(() -> read(evidence).startsWith("begun"));
			}
			long since = System.nanoTime();
			if (row.stops == Stops.BY_SIGNAL) {
				process.signal("TERM");
			}
			else if (row.stops == Stops.BY_ENDPOINT) {
				post(process, "/actuator/shutdown");
			}
			else if (row.stops == Stops.BY_SPRING_EXIT) {
				CompletableFuture.runAsync(() -> get(process, "/spring-exit"));
			}
			Exit exit = process.awaitExit(since);
			Result result = new Result(exit, read(evidence), response.get(5, TimeUnit.SECONDS), process.log());
			System.out.printf("FIELD %s, %s: exit code %d after %d ms, %s %s%n", row, jar, exit.code(),
					exit.took().toMillis(), result.evidence.replace('\n', ' '), result.response.replace('\n', ' '));
			return result;
		}
	}

	private static String read(Path file) throws IOException {
		return Files.exists(file) ? Files.readString(file) : "";
	}

	private static String get(AppProcess process, String path) {
		try {
			return new String(HttpConnection.get(process.port(), path, RESPONSE_TIMEOUT).body());
		}
		catch (HttpFailureException ex) {
			return ex.toString();
		}
	}

	private static void post(AppProcess process, String path) {
		try (HttpConnection connection = HttpConnection.open(process.port(), Duration.ofSeconds(10))) {
			connection.exchange(HttpMessage.post(path, Map.of(), new byte[0]));
		}
		catch (HttpFailureException ex) {
			// It may have ended already
		}
	}

	/**
	 * Who stops the process.
	 */
	enum Stops {

		BY_SIGNAL, BY_ENDPOINT, BY_SPRING_EXIT, ITSELF

	}

	/**
	 * What may become of work in hand.
	 */
	enum End {

		/**
		 * It was done, and all is well.
		 */
		FINISHED {

			@Override
			void check(Result result, int clean) {
				assertThat(result.evidence).contains("done");
				assertThat(result.exit.code()).isEqualTo(clean);
			}

		},

		/**
		 * It was done, though not the start of the application.
		 */
		FINISHED_IN_A_START {

			@Override
			void check(Result result, int clean) {
				FINISHED.check(result, KILLED_BY_SIGTERM);
			}

		},

		/**
		 * It was a part of the start, which was interrupted, and a line says so.
		 */
		INTERRUPTED_START {

			@Override
			void check(Result result, int clean) {
				assertThat(result.log).contains("The start was interrupted, since a runner had not returned");
				assertThat(result.exit.code()).isEqualTo(KILLED_BY_SIGTERM);
			}

		},

		/**
		 * It was answered, and all is well.
		 */
		ANSWERED {

			@Override
			void check(Result result, int clean) {
				assertThat(result.response).contains("ended");
				assertThat(result.exit.code()).isEqualTo(clean);
			}

		},

		/**
		 * It can be restarted.
		 */
		RESTARTABLE {

			@Override
			void check(Result result, int clean) {
				assertThat(result.evidence).contains("STOPPED");
				assertThat(result.exit.code()).isEqualTo(clean);
			}

		},

		/**
		 * It was lost, and the log and the exit code say so.
		 */
		NAMED {

			@Override
			void check(Result result, int clean) {
				assertThat(result.log).containsPattern("Shutdown forced after .*(cut off|abandoned): ");
				assertThat(result.exit.code()).isOne();
			}

		},

		/**
		 * What a shutdown hook of the JVM had to save was saved.
		 */
		SAVED {

			@Override
			void check(Result result, int clean) {
				assertThat(result.evidence).contains("saved");
				assertThat(result.exit.code()).isEqualTo(clean);
			}

		},

		/**
		 * That was saved, and the work was lost, and the log and the exit code say so.
		 */
		SAVED_AND_NAMED {

			@Override
			void check(Result result, int clean) {
				SAVED.check(result, 1);
				NAMED.check(result, clean);
			}

		},

		/**
		 * The JVM may be gone, with 0, before the thread of the server exits.
		 */
		EXITED_OR_NOT {

			@Override
			void check(Result result, int clean) {
				assertThat(result.exit.code()).isIn(0, 3);
			}

		},

		/**
		 * It was lost, and the log says so. The process has the exit code that was asked
		 * for.
		 */
		EXITED_AND_NAMED {

			@Override
			void check(Result result, int clean) {
				assertThat(result.log).containsPattern("Shutdown forced after .*abandoned: ");
				assertThat(result.exit.code()).isEqualTo(3);
			}

		},

		/**
		 * It has no end and nothing to lose.
		 */
		NOTHING_TO_LOSE {

			@Override
			void check(Result result, int clean) {
				assertThat(result.exit.code()).isEqualTo(clean);
			}

		},

		/**
		 * The process has the exit code that was asked for.
		 */
		EXITED {

			@Override
			void check(Result result, int clean) {
				assertThat(result.exit.code()).isEqualTo(3);
			}

		},

		/**
		 * It was done, nothing is called lost, and the process has the exit code that was
		 * asked for.
		 */
		EXITED_AND_FINISHED {

			@Override
			void check(Result result, int clean) {
				FINISHED.check(result, 3);
				assertThat(result.log).contains("Shutdown completed").doesNotContain("Shutdown forced");
			}

		},

		/**
		 * It was lost without a word.
		 */
		LOST {

			@Override
			void check(Result result, int clean) {
				assertThat(result.evidence).doesNotContain("done", "STOPPED");
				assertThat(result.response).doesNotContain("ended");
			}

		};

		abstract void check(Result result, int clean);

	}

	/**
	 * What is in hand: the profile of the application, what begins it, and what becomes
	 * of it.
	 */
	enum Row {

		EXECUTOR_IN_WRAPPER("async,security", End.LOST, End.FINISHED),

		EXECUTOR_OF_THE_JDK_IN_WRAPPERS("async,security-jdk", End.LOST, End.FINISHED),

		EXECUTOR_WITH_CONTEXT("async,context", End.LOST, End.FINISHED),

		EXECUTOR_OF_CONFIGURER("async,configurer", End.LOST, End.FINISHED),

		EXECUTOR_IN_A_LAMBDA("async,lambda", End.LOST, End.FINISHED),

		EXECUTORS_OF_TENANTS("async,own-class", End.LOST, End.NAMED),

		EXECUTOR_WITH_THREADS_OF_ITS_OWN("async,own-threads", End.LOST, End.NAMED),

		EXECUTOR_SERVICE_OF_ONES_OWN("async,own-service", End.LOST, End.FINISHED),

		EXECUTOR_IN_ADAPTERS("async,adapter", End.LOST, End.FINISHED),

		EXECUTOR_WITH_A_THREAD_PER_TASK("async,simple", End.LOST, End.FINISHED),

		POOL_IN_A_FIELD("field-pool", End.LOST, End.NAMED),

		FORK_JOIN_POOL_IN_A_FIELD("fork-join", End.LOST, End.NAMED),

		STATIC_SCHEDULER("static-pool", End.LOST, End.NAMED),

		TASK_EXECUTOR_IN_A_FIELD("field-task-executor", End.LOST, End.NAMED),

		SCHEDULER_OF_CONFIGURER("scheduling-configurer", End.LOST, End.FINISHED),

		EXECUTOR_OF_EVENTS("event-multicaster", End.LOST, End.FINISHED),

		RUN_ASYNC("run-async", End.LOST, End.FINISHED),

		RUN_ASYNC_WITHOUT_A_SHUTDOWN_HOOK("run-async", "", End.LOST, End.FINISHED,
				"--spring.main.register-shutdown-hook=false"),

		RUN_ASYNC_BY_A_LIFECYCLE("late-run-async", End.LOST, End.FINISHED),

		THREAD_THAT_A_BEAN_WAITS_FOR("finishing-bean", End.FINISHED, End.FINISHED),

		DELAYED_EXECUTOR("delayed", End.LOST, End.FINISHED),

		BOUNDED_ELASTIC("reactor-elastic", End.LOST, End.FINISHED),

		PARALLEL("reactor-parallel", End.LOST, End.FINISHED),

		PARALLEL_STREAM("parallel-stream", End.LOST, End.NAMED),

		TIMER("timer", End.LOST, End.NAMED),

		THREAD("thread", End.LOST, End.NAMED),

		RUNNER_AT_WORK("runner", End.LOST, End.INTERRUPTED_START),

		RUNNER_THAT_NEVER_RETURNS("runner-forever", End.LOST, End.FINISHED_IN_A_START),

		LOOP_UNTIL_HOOK("loop-hook", End.FINISHED, End.FINISHED),

		LOOP_UNTIL_HOOK_BESIDE_H2("loop-hook", End.FINISHED, End.FINISHED, "--spring.datasource.url=jdbc:h2:mem:field"),

		LOOP_UNTIL_CLOSE_EVENT("loop-close-event", End.FINISHED, End.FINISHED),

		LOOP_UNTIL_LIFECYCLE("loop-lifecycle", End.FINISHED, End.FINISHED),

		HOOK_THAT_USES_A_BEAN("hook-saves", End.FINISHED, End.FINISHED),

		HOOK_THAT_TAKES_LONG("held,hook-slow", End.SAVED, End.SAVED),

		HOOK_THAT_TAKES_LONG_AND_A_TASK("async,simple,hook-slow", End.SAVED, End.SAVED),

		HOOK_THAT_TAKES_LONG_AND_LOST_WORK("thread-long,hook-slow", End.SAVED, End.SAVED_AND_NAMED),

		DESTRUCTION_THAT_WAITS("destroy-joins", End.FINISHED, End.FINISHED),

		LISTENING_CONNECTION("listen", End.NOTHING_TO_LOSE, End.NOTHING_TO_LOSE),

		CONNECTION_HELD_FOR_LIFE("held", End.FINISHED, End.FINISHED),

		CONSUMER_ON_AN_EXECUTOR("consumer", End.NOTHING_TO_LOSE, End.NOTHING_TO_LOSE),

		MAIN_THAT_SLEEPS_FOR_EVER("held", End.FINISHED, End.FINISHED, "--field.keep-alive"),

		MAIN_THAT_WAITS_FOR_INPUT("held", End.FINISHED, End.FINISHED, "--field.input"),

		JOB_IN_MAIN("requests", End.LOST, End.FINISHED, "--field.job"),

		SIGNAL_OF_THE_APPLICATION("held", End.EXITED, End.EXITED, "--field.handler"),

		RESUBMITTING_TASK("resubmit", End.NOTHING_TO_LOSE, End.NOTHING_TO_LOSE),

		FLUSH_ON_A_POOL_OF_ONES_OWN("flush-own", End.FINISHED, End.FINISHED),

		FLUSH_ON_A_POOL_BEAN("flush-async", End.FINISHED, End.FINISHED),

		PATIENT_POOL("await-termination", End.FINISHED, End.FINISHED),

		BATCH_JOB("batch", End.LOST, End.RESTARTABLE),

		BATCH_JOB_OF_NO_BEAN("batch-thread", End.LOST, End.RESTARTABLE),

		LONG_POLL("requests,by-lifecycle", "/deferred", End.ANSWERED, End.ANSWERED),

		LONG_POLL_BY_EVENT("requests,by-event", "/future", End.ANSWERED, End.ANSWERED),

		LONG_POLL_BY_HOOK("requests,by-hook", "/deferred", End.ANSWERED, End.ANSWERED),

		BLOCKING_REQUEST("requests,by-lifecycle", "/blocking", End.ANSWERED, End.ANSWERED),

		CALLABLE("requests,by-event", "/callable", End.ANSWERED, End.ANSWERED),

		EMITTER("requests,by-lifecycle", "/emitter", End.ANSWERED, End.ANSWERED),

		STREAMING_BODY("requests,by-event", "/streaming", End.ANSWERED, End.ANSWERED),

		SERVLET_ASYNC("requests,by-listener", "/servlet-async", End.ANSWERED, End.ANSWERED),

		FLUX("requests,by-listener", "/flux", End.ANSWERED, End.ANSWERED),

		ANSWER_AS_EVENTS_BY_A_THREAD("answers", "/answer/thread", End.ANSWERED, End.ANSWERED),

		ANSWER_AS_EVENTS_BY_AN_EXECUTOR("answers", "/answer/executor", End.ANSWERED, End.ANSWERED),

		ANSWER_AS_EVENTS_BY_RUN_ASYNC("answers", "/answer/future", End.ANSWERED, End.ANSWERED),

		ANSWER_AS_EVENTS_OF_A_PUBLISHER("answers", "/answer/flux", End.ANSWERED, End.ANSWERED),

		ANSWER_AS_EVENTS_IN_A_LOOP("answers", "/answer/loop", End.ANSWERED, End.ANSWERED),

		LAST_EVENT_OF_A_STREAM("requests,by-lifecycle", "/sse", End.ANSWERED, End.ANSWERED),

		LAST_EVENT_OF_A_STREAM_BY_EVENT("requests,by-event", "/sse", End.ANSWERED, End.ANSWERED),

		REQUEST_WHILE_A_LISTENER_PAUSES("leave-by-event", End.FINISHED, End.FINISHED),

		REQUEST_WHILE_A_LIFECYCLE_PAUSES("leave-by-lifecycle", End.FINISHED, End.FINISHED),

		REQUEST_LONGER_THAN_THE_TIMEOUT("requests", "/long", End.ANSWERED, End.ANSWERED,
				"--spring.lifecycle.timeout-per-shutdown-phase=90s"),

		REQUEST_THAT_THE_ENDPOINT_CUTS("requests", "/long", Stops.BY_ENDPOINT, End.LOST, End.NAMED,
				"--graceful.shutdown.timeout=3s"),

		EXIT_FROM_A_REQUEST("exits", "/exit", Stops.ITSELF, End.EXITED, End.EXITED),

		EXIT_FROM_A_VIRTUAL_THREAD("exits", "/exit", Stops.ITSELF, End.EXITED, End.EXITED,
				"--spring.threads.virtual.enabled=true"),

		EXIT_WITH_WORK_IN_HAND("field-pool,exits", "", Stops.BY_SPRING_EXIT, End.EXITED, End.EXITED_AND_NAMED),

		EXIT_WITH_WORK_THAT_A_BEAN_WAITS_FOR("finishing-bean,exits", "", Stops.BY_SPRING_EXIT, End.EXITED_OR_NOT,
				End.EXITED_AND_FINISHED),

		EXIT_OF_THE_CONTEXT_FROM_A_REQUEST("exits", "/spring-exit", Stops.ITSELF, End.EXITED_OR_NOT, End.EXITED),

		EXIT_FROM_A_TASK("exit-task", "", Stops.ITSELF, End.EXITED, End.EXITED),

		EXIT_FROM_THE_COMMON_POOL("exit-run-async", "", Stops.ITSELF, End.EXITED, End.EXITED),

		EXIT_FROM_A_LISTENER("exit-listener", "", Stops.ITSELF, End.EXITED, End.EXITED);

		private final String profiles;

		/**
		 * What is requested, or empty to begin what the profile has.
		 */
		private final String path;

		private final Stops stops;

		private final End plain;

		private final End withStarter;

		private final List<String> args;

		Row(String profiles, End plain, End withStarter, String... args) {
			this(profiles, "", plain, withStarter, args);
		}

		Row(String profiles, String path, End plain, End withStarter, String... args) {
			this(profiles, path, Stops.BY_SIGNAL, plain, withStarter, args);
		}

		Row(String profiles, String path, Stops stops, End plain, End withStarter, String... args) {
			this.profiles = profiles;
			this.path = path;
			this.stops = stops;
			this.plain = plain;
			this.withStarter = withStarter;
			this.args = Arrays.asList(args);
		}

		private String[] args() {
			return Stream.concat(Stream.of("--spring.profiles.active=" + this.profiles), this.args.stream())
				.toArray(String[]::new);
		}

		/**
		 * Returns whether the main method goes on. What is begun before the service is
		 * ready is a part of its start.
		 */
		private boolean becomesReady() {
			return !this.profiles.startsWith("runner");
		}

		/**
		 * Begins it.
		 * @return the response, empty if that is not what is in hand
		 */
		private CompletableFuture<String> begin(AppProcess process) {
			if (this.path.isEmpty()) {
				post(process, "/begin");
				return CompletableFuture.completedFuture("");
			}
			return CompletableFuture.supplyAsync(() -> get(process, this.path));
		}

	}

	private record Result(Exit exit, String evidence, String response, String log) {

	}

}
