package io.github.gracefulboot.shutdown;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.boot.autoconfigure.condition.ConditionEvaluationReport;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.SimpleMetadataReaderFactory;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link OnStartFilter}.
 */
class OnStartFilterTests {

	private static final String OF_SPRING_BOOT = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration";

	private final DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();

	@ParameterizedTest
	@MethodSource("withCondition")
	void whenNothingOfTheirsIsThereThenTheyAreLeftOut(String name) {
		assertThat(match(name, new MockEnvironment())).isFalse();
		assertThat(ConditionEvaluationReport.get(this.beanFactory).getConditionAndOutcomesBySource().get(name))
			.singleElement()
			.satisfies((evaluation) -> assertThat(evaluation.getOutcome().getMessage())
				.startsWith("@ConditionalOnStart did not find propert"));
	}

	@ParameterizedTest
	@MethodSource("withCondition")
	void whenOneOfThePropertiesIsThereThenTheyAreRead(String name) throws Exception {
		for (String property : properties(name)) {
			assertThat(match(name, new MockEnvironment().withProperty(property, "x"))).as(property).isTrue();
		}
	}

	@ParameterizedTest
	@MethodSource("withCondition")
	void whenProcessedAheadOfTimeThenTheStartDecides(String name) {
		System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
		try {
			assertThat(match(name, new MockEnvironment())).isTrue();
		}
		finally {
			System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
		}
	}

	@Test
	void whenDisabledThenAllOfOursAreLeftOut() {
		MockEnvironment disabled = new MockEnvironment().withProperty("graceful.enabled", "false");
		assertThat(candidates()).isNotEmpty().noneMatch((name) -> match(name, disabled));
		assertThat(match(OF_SPRING_BOOT, disabled)).isTrue();
		assertThat(match(null, disabled)).isTrue();
	}

	@Test
	void othersAreRead() {
		assertThat(candidates()).filteredOn((name) -> match(name, new MockEnvironment()))
			.containsExactlyElementsOf(
					candidates().stream().filter((name) -> !withCondition().contains(name)).toList());
		assertThat(match(OF_SPRING_BOOT, new MockEnvironment())).isTrue();
		assertThat(match(null, new MockEnvironment())).isTrue();
	}

	@Test
	void springBootAsksItBeforeItSearchesForClasses() {
		assertThat(SpringFactoriesLoader.forDefaultResourceLocation().load(AutoConfigurationImportFilter.class)).first()
			.isInstanceOf(OnStartFilter.class);
	}

	private boolean match(String name, MockEnvironment environment) {
		OnStartFilter filter = new OnStartFilter();
		filter.setEnvironment(environment);
		filter.setBeanFactory(this.beanFactory);
		return filter.match(new String[] { name }, mock(AutoConfigurationMetadata.class))[0];
	}

	private static List<String> withCondition() {
		return candidates().stream()
			.filter((name) -> metadata(name).hasAnnotation(ConditionalOnStart.class.getName()))
			.toList();
	}

	private static String[] properties(String name) {
		return metadata(name).getAnnotations().get(ConditionalOnStart.class).getStringArray("value");
	}

	private static List<String> candidates() {
		return ImportCandidates.load(AutoConfiguration.class, OnStartFilterTests.class.getClassLoader())
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("io.github.gracefulboot."))
			.toList();
	}

	private static AnnotationMetadata metadata(String name) {
		try {
			return new SimpleMetadataReaderFactory().getMetadataReader(name).getAnnotationMetadata();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
