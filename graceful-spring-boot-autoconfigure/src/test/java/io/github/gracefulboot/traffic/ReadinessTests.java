package io.github.gracefulboot.traffic;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Readiness}.
 */
class ReadinessTests {

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

	@Test
	void whenAChildContextSpeaksOfItselfThenThatDoesNotCount() {
		new ApplicationContextRunner().withUserConfiguration(ListenerComesFirst.class).run((context) -> {
			try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
				child.setParent(context.getSourceApplicationContext());
				child.refresh();
				AvailabilityChangeEvent.publish(child, ReadinessState.ACCEPTING_TRAFFIC);
				assertThat(context.getBean(ListenerComesFirst.class).seen).isEmpty();
				assertThat(context.getBean(Readiness.class).wasReached()).isFalse();
			}
		});
	}

	@Test
	void whenAListenerFailsThenTheOthersAreTold() {
		List<Boolean> told = new ArrayList<>();
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			Readiness readiness = new Readiness(context, null, () -> List.of((accepting) -> {
				throw new IllegalStateException("Not now");
			}, told::add));
			readiness.onApplicationEvent(new AvailabilityChangeEvent<>(this, ReadinessState.ACCEPTING_TRAFFIC));
			readiness.onApplicationEvent(new AvailabilityChangeEvent<>(this, ReadinessState.REFUSING_TRAFFIC));
			assertThat(told).containsExactly(true, false);
			assertThat(readiness.wasReached()).isTrue();
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class ListenerComesFirst {

		private final List<String> seen = new ArrayList<>();

		@Bean
		Readiness readiness(ApplicationContext context, ApplicationAvailability availability) {
			return new Readiness(context, availability, () -> List.of((accepting) -> this.seen
				.add("accepting=" + accepting + ", probes see " + availability.getReadinessState())));
		}

		@Bean
		ApplicationAvailabilityBean availability() {
			return new ApplicationAvailabilityBean();
		}

	}

}
