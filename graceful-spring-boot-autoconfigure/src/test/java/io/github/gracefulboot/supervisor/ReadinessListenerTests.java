package io.github.gracefulboot.supervisor;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReadinessListener}.
 */
class ReadinessListenerTests {

	/**
	 * A supervisor that is told ready may ask for readiness within the same millisecond.
	 */
	@Test
	void whenReadinessChangesThenProbesAreAnsweredAccordinglyBeforeItIsTold() {
		new ApplicationContextRunner().withUserConfiguration(ListenerComesFirst.class).run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
			assertThat(context.getBean(ListenerComesFirst.class).seen).containsExactly(
					"accepting=true, probes see ACCEPTING_TRAFFIC", "accepting=false, probes see REFUSING_TRAFFIC");
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class ListenerComesFirst {

		private final List<String> seen = new ArrayList<>();

		@Bean
		ReadinessListener listener(ApplicationAvailability availability) {
			return new ReadinessListener(availability, (accepting) -> this.seen
				.add("accepting=" + accepting + ", probes see " + availability.getReadinessState()));
		}

		@Bean
		ApplicationAvailabilityBean availability() {
			return new ApplicationAvailabilityBean();
		}

	}

}
