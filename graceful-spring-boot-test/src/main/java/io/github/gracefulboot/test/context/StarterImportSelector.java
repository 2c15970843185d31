package io.github.gracefulboot.test.context;

import java.util.List;
import java.util.Set;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfigurationImportSelector;
import org.springframework.core.annotation.AnnotationAttributes;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.util.ClassUtils;

/**
 * Selects the auto-configuration of the starter, as far as it applies, and what every
 * application has: that of Spring Boot's core.
 */
final class StarterImportSelector extends AutoConfigurationImportSelector {

	private static final String ROOT = ClassUtils
		.getPackageName(ClassUtils.getPackageName(GracefulShutdownAutoConfiguration.class)) + ".";

	private static final String CORE = ClassUtils.getPackageName(AutoConfigurationImportSelector.class) + ".";

	@Override
	protected AnnotationAttributes getAttributes(AnnotationMetadata metadata) {
		return new AnnotationAttributes();
	}

	@Override
	protected List<String> getCandidateConfigurations(AnnotationMetadata metadata,
			@Nullable AnnotationAttributes attributes) {
		return super.getCandidateConfigurations(metadata, attributes).stream()
			.filter((name) -> name.startsWith(ROOT) || name.startsWith(CORE))
			.toList();
	}

	@Override
	protected Set<String> getExclusions(AnnotationMetadata metadata, @Nullable AnnotationAttributes attributes) {
		return Set.of();
	}

}
