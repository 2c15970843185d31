package io.github.gracefulboot.shutdown;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;

/**
 * Leaves our auto-configurations out where {@code graceful.enabled} is {@code false},
 * before one of their classes is read or a class is searched that they ask for. Their
 * conditions say the same where they are imported without filters, as in tests.
 */
final class EnabledFilter implements AutoConfigurationImportFilter, EnvironmentAware, PriorityOrdered {

	private static final String PACKAGE = "io.github.gracefulboot.";

	private boolean enabled = true;

	@Override
	public void setEnvironment(Environment environment) {
		this.enabled = environment.getProperty("graceful.enabled", Boolean.class, true);
	}

	@Override
	public boolean[] match(@Nullable String[] autoConfigurationClasses, AutoConfigurationMetadata metadata) {
		boolean[] match = new boolean[autoConfigurationClasses.length];
		for (int i = 0; i < match.length; i++) {
			String name = autoConfigurationClasses[i];
			match[i] = this.enabled || name == null || !name.startsWith(PACKAGE);
		}
		return match;
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

}
