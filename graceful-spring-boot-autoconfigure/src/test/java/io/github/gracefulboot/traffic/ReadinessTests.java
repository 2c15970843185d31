package io.github.gracefulboot.traffic;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ReflectionUtils;

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

	static Stream<Throwable> failures() {
		return Stream.of(new IllegalStateException("Not now"), new OutOfMemoryError("unable to create native thread"));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void whenAListenerFailsThenTheOthersAreTold(Throwable failure) {
		List<Boolean> told = new ArrayList<>();
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			Readiness readiness = new Readiness(context, null,
					() -> List.of((accepting) -> ReflectionUtils.rethrowRuntimeException(failure), told::add));
			readiness.onApplicationEvent(new AvailabilityChangeEvent<>(this, ReadinessState.ACCEPTING_TRAFFIC));
			readiness.onApplicationEvent(new AvailabilityChangeEvent<>(this, ReadinessState.REFUSING_TRAFFIC));
			assertThat(told).containsExactly(true, false);
			assertThat(readiness.wasReached()).isTrue();
		}
	}

	@Test
	void whenInMaintenanceThenTrafficIsRefusedWhateverIsPublishedUntilItIsOver() {
		new ApplicationContextRunner().withUserConfiguration(ListenerComesFirst.class).run((context) -> {
			Readiness readiness = context.getBean(Readiness.class);
			List<String> seen = context.getBean(ListenerComesFirst.class).seen;
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(readiness.isAccepted()).isTrue();
			readiness.beginMaintenance();
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(readiness).matches(Readiness::isInMaintenance)
				.matches(Readiness::isRefused)
				.matches((state) -> !state.isAccepted());
			assertThat(seen).last().isEqualTo("accepting=false, probes see REFUSING_TRAFFIC");
			readiness.endMaintenance();
			assertThat(readiness).matches(Readiness::isAccepted).matches((state) -> !state.isRefused());
			assertThat(seen).containsExactly("accepting=true, probes see ACCEPTING_TRAFFIC",
					"accepting=false, probes see REFUSING_TRAFFIC", "accepting=false, probes see REFUSING_TRAFFIC",
					"accepting=true, probes see ACCEPTING_TRAFFIC");
		});
	}

	@Test
	void whenTheApplicationRefusesTrafficByItselfThenTheEndOfTheMaintenanceDoesNotOverrideIt() {
		new ApplicationContextRunner().withUserConfiguration(ListenerComesFirst.class).run((context) -> {
			Readiness readiness = context.getBean(Readiness.class);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			readiness.beginMaintenance();
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
			readiness.endMaintenance();
			assertThat(readiness.isAccepted()).isFalse();
			assertThat(context.getBean(ApplicationAvailability.class).getReadinessState())
				.isEqualTo(ReadinessState.REFUSING_TRAFFIC);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(readiness.isAccepted()).isTrue();
		});
	}

	@Test
	void whenAChildContextAcceptsTrafficDuringMaintenanceThenThatDoesNotSpeakForItsParent() {
		new ApplicationContextRunner().withUserConfiguration(ListenerComesFirst.class).run((context) -> {
			Readiness readiness = context.getBean(Readiness.class);
			readiness.beginMaintenance();
			try (AnnotationConfigApplicationContext child = new AnnotationConfigApplicationContext()) {
				child.setParent(context.getSourceApplicationContext());
				child.refresh();
				AvailabilityChangeEvent.publish(child, ReadinessState.ACCEPTING_TRAFFIC);
				assertThat(context.getBean(ApplicationAvailability.class).getReadinessState())
					.isEqualTo(ReadinessState.REFUSING_TRAFFIC);
				readiness.endMaintenance();
				assertThat(readiness.isAccepted()).isFalse();
			}
		});
	}

	@Test
	void whenAShutdownBeginsDuringMaintenanceThenItsEndAcceptsNothing() {
		new ApplicationContextRunner().withUserConfiguration(ListenerComesFirst.class).run((context) -> {
			Readiness readiness = context.getBean(Readiness.class);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			readiness.beginMaintenance();
			readiness.refuse();
			readiness.endMaintenance();
			assertThat(readiness.isAccepted()).isFalse();
			assertThat(context.getBean(ListenerComesFirst.class).seen).last()
				.isEqualTo("accepting=false, probes see REFUSING_TRAFFIC");
		});
	}

	@Test
	void whenMaintenanceBeginsWhileListenersHearThatTrafficIsAcceptedThenRefusalIsTheirLastWord() {
		List<Boolean> told = new ArrayList<>();
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			Readiness[] readiness = new Readiness[1];
			readiness[0] = new Readiness(context, null, () -> List.of((accepting) -> {
				if (accepting) {
					readiness[0].beginMaintenance();
				}
			}, told::add));
			context.addApplicationListener(readiness[0]);
			context.refresh();
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(told).last().isEqualTo(false);
			readiness[0].endMaintenance();
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
