package io.github.gracefulboot.shutdown;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.Traffic;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link FlightRecording}, with a real recording.
 */
class FlightRecordingTests {

	@Test
	void whenFlightRecorderRecordsThenShutdownIsInTheRecording(@TempDir Path directory) throws IOException {
		List<RecordedEvent> events;
		try (Recording recording = new Recording()) {
			recording.start();
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class))
				.withPropertyValues("graceful.shutdown.timeout=1s")
				.withBean(Probed.class)
				.run((context) -> {
					AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
					context.close();
				});
			recording.stop();
			Path file = directory.resolve("recording.jfr");
			recording.dump(file);
			events = RecordingFile.readAllEvents(file);
		}
		assertThat(events(events, "graceful.Stage")).extracting((event) -> event.getString("stage"))
			.containsExactlyInAnyOrder("announce", "lame-duck", "drain", "release", "exit");
		assertThat(events(events, "graceful.Stage")).filteredOn((event) -> event.getString("stage").equals("drain"))
			.singleElement()
			.extracting((event) -> event.getString("how"))
			.isEqualTo("time up");
		assertThat(events(events, "graceful.Probe")).singleElement().satisfies((event) -> {
			assertThat(event.getString("address")).isEqualTo("192.0.2.1");
			assertThat(event.getString("userAgent")).isEqualTo("prober/1");
			assertThat(event.getBoolean("ready")).isFalse();
		});
		assertThat(events(events, "graceful.LostWork")).singleElement().satisfies((event) -> {
			assertThat(event.getString("work")).startsWith("mail 1");
			assertThat(event.getBoolean("abandoned")).isFalse();
		});
		assertThat(events(events, "graceful.Shutdown")).singleElement().satisfies((event) -> {
			assertThat(event.getString("outcome")).isEqualTo("forced");
			assertThat(event.getString("reason")).isEqualTo("context-closed");
			assertThat(event.getInt("lost")).isOne();
		});
	}

	private static List<RecordedEvent> events(List<RecordedEvent> events, String name) {
		return events.stream().filter((event) -> event.getEventType().getName().equals(name)).toList();
	}

	/**
	 * Is probed while it is drained, which it does not end.
	 */
	static final class Probed implements DrainParticipant {

		private final Traffic traffic;

		Probed(Traffic traffic) {
			this.traffic = traffic;
		}

		@Override
		public List<ActiveTask> activeTasks() {
			return List.of(new ActiveTask("mail 1", null, null));
		}

		@Override
		public void drain(Deadline deadline) throws InterruptedException {
			this.traffic.probeAnswered(new Client("192.0.2.1", "prober/1"), false);
			Thread.currentThread().join();
		}

	}

}
