package io.github.gracefulboot.handover;

import org.junit.jupiter.api.Test;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HandOverFailureAnalyzer}.
 */
class HandOverFailureAnalyzerTests {

	private final HandOverFailedException failure = new HandOverFailedException("Process 4711 is busy.",
			"Start this process again.");

	@Test
	void whenThePortCannotBeHadThenSaysWhyAndWhatToDo() {
		FailureAnalysis analysis = new HandOverFailureAnalyzer()
			.analyze(new IllegalStateException("bean", this.failure));
		assertThat(analysis).isNotNull();
		assertThat(analysis.getDescription())
			.isEqualTo("The application could not take the port over. Process 4711 is busy.");
		assertThat(analysis.getAction()).isEqualTo("Start this process again.");
		assertThat(analysis.getCause()).isSameAs(this.failure);
	}

	@Test
	void whenSomethingElseFailsThenItIsLeftToOthers() {
		assertThat(new HandOverFailureAnalyzer().analyze(new IllegalStateException("port in use"))).isNull();
	}

	@Test
	void whenAStartFailsThenSpringBootAsksIt() {
		// Some of Spring Boot's need a bean factory
		FailureHandler ignoring = (type, name, failure) -> {
		};
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(FailureAnalyzer.class, ignoring))
			.hasAtLeastOneElementOfType(HandOverFailureAnalyzer.class);
	}

}
