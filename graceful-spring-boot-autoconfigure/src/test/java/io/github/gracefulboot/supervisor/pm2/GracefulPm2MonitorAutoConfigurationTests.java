package io.github.gracefulboot.supervisor.pm2;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.posix.SocketPair;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.supervisor.GracefulSupervisorAutoConfiguration;
import io.github.gracefulboot.traffic.Readiness;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulPm2MonitorAutoConfiguration}, at the other end of a real
 * channel.
 */
@EnabledOnOs(OS.LINUX)
class GracefulPm2MonitorAutoConfigurationTests {

	private static final String READY = "\"ready\"";

	private final SocketPair channel = new SocketPair();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(GracefulPm2AutoConfiguration.class,
				GracefulPm2MonitorAutoConfiguration.class, GracefulShutdownAutoConfiguration.class,
				GracefulSupervisorAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class))
		.withPropertyValues("NODE_CHANNEL_FD=" + this.channel.descriptor());

	@AfterEach
	void closeChannel() {
		this.channel.close();
	}

	@Test
	void whenItIsNotAskedForThenNothingButReadyIsWritten() {
		this.runner.run((context) -> {
			assertThat(context).doesNotHaveBean(Pm2Monitor.class);
			accept(context);
			await(() -> assertThat(this.channel.received()).isEqualTo(READY + "\n"));
		});
	}

	@Test
	void whenThereIsNoPm2ThenNothingIsThere() {
		this.runner.withPropertyValues("NODE_CHANNEL_FD=", "graceful.supervisor.pm2.enabled=false")
			.withPropertyValues("graceful.supervisor.pm2.monitor=true")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(Pm2Monitor.class));
	}

	@Test
	void whenReadyThenPm2IsShownWhatHappensAndWhatCanBeTriggered() {
		Work work = new Work();
		monitored().withBean(DrainParticipant.class, () -> work).run((context) -> {
			assertThat(this.channel.received()).isEmpty();
			accept(context);
			await(() -> assertThat(lines()).contains(READY));
			await(() -> assertThat(messages("axm:action")).extracting((data) -> data.get("action_name"))
				.containsExactly("lame-duck", "resume"));
			await(() -> assertThat(messages("axm:monitor")).containsExactly(Map.of("stage", Map.of("value", "running"),
					"in flight", Map.of("value", 1), "budget left", Map.of("value", "all"))));
			work.over.countDown();
			await(() -> assertThat(messages("axm:monitor")).last()
				.satisfies((data) -> assertThat(data).containsEntry("in flight", Map.of("value", 0))));
		});
	}

	@Test
	void whenTheLameDuckIsTriggeredThenReadinessIsRefusedUntilResume() {
		monitored().run((context) -> {
			accept(context);
			await(() -> assertThat(messages("axm:action")).hasSize(2));
			this.channel.send("\"lame-duck\"\n");
			await(() -> assertThat(messages("axm:reply")).containsExactly(Map.of("action_name", "lame-duck", "return",
					"Readiness is refused until 'resume', and every request is still served")));
			assertThat(context.getBean(Readiness.class).isAccepted()).isFalse();
			await(() -> assertThat(messages("axm:monitor")).last()
				.satisfies((data) -> assertThat(data).containsEntry("stage",
						Map.of("value", "lame duck for maintenance"))));
			this.channel.send("\"resume\"\n");
			await(() -> assertThat(messages("axm:reply")).last()
				.satisfies((data) -> assertThat(data).containsEntry("return", "Traffic is accepted again")));
			assertThat(context.getBean(Readiness.class).isAccepted()).isTrue();
		});
	}

	@Test
	void whenPm2SendsSomethingElseThenNothingIsAnswered() {
		monitored().run((context) -> {
			accept(context);
			await(() -> assertThat(messages("axm:monitor")).isNotEmpty());
			this.channel.send("{\"msg\":\"stop\"}\nnot even JSON\n\"lame-duck \"\n\"resume\"\n");
			await(() -> assertThat(messages("axm:reply")).containsExactly(Map.of("action_name", "resume", "return",
					"There is no lame duck to take back: nothing has changed")));
		});
	}

	@Test
	void whenItShutsDownThenPm2IsShownTheStageAndEachMessageIsWhole() {
		Work work = new Work();
		monitored().withBean(DrainParticipant.class, () -> work).run((context) -> {
			accept(context);
			await(() -> assertThat(messages("axm:monitor")).isNotEmpty());
			Thread closing = new Thread(context::close);
			closing.start();
			await(() -> assertThat(messages("axm:monitor")).last()
				.satisfies((data) -> assertThat(data).containsEntry("stage", Map.of("value", "drain"))
					.extractingByKey("budget left")
					.asString()
					.endsWith(" s}")));
			work.over.countDown();
			closing.join();
		});
		assertThat(this.channel.received()).endsWith("\n");
		assertThat(messages("axm:monitor")).isNotEmpty();
	}

	private ApplicationContextRunner monitored() {
		return this.runner.withPropertyValues("graceful.supervisor.pm2.monitor=true");
	}

	private static void accept(ConfigurableApplicationContext context) {
		AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
	}

	private static void await(ThrowingRunnable assertion) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(assertion);
	}

	private List<String> lines() {
		return this.channel.received().lines().toList();
	}

	/**
	 * Returns the data of the messages of a type, each of which is JSON.
	 */
	@SuppressWarnings("unchecked")
	private List<Map<String, Object>> messages(String type) {
		return lines().stream().filter((line) -> !line.equals(READY)).flatMap((line) -> {
			Map<String, Object> message = JsonParserFactory.getJsonParser().parseMap(line);
			return message.get("type").equals(type) ? Stream.of((Map<String, Object>) message.get("data"))
					: Stream.empty();
		}).toList();
	}

	/**
	 * Has a task until it is over.
	 */
	static final class Work implements DrainParticipant {

		private final CountDownLatch over = new CountDownLatch(1);

		@Override
		public Collection<ActiveTask> activeTasks() {
			return (this.over.getCount() > 0) ? List.of(new ActiveTask("work", null, null)) : List.of();
		}

		@Override
		public void drain(Deadline deadline) throws InterruptedException {
			this.over.await();
		}

	}

}
