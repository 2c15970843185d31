package io.github.gracefulboot.systemtests.app;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * A test that runs with each of the servers in the profile {@code full}, and with the
 * first of them in {@code verify}, where the module's tests show the same of each.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@ArgumentsSource(OnServers.Servers.class)
public @interface OnServers {

	/**
	 * Whether tests run with all of their servers.
	 */
	boolean ALL = Boolean.getBoolean("graceful.system-tests.all-servers");

	/**
	 * Returns the servers.
	 * @return the applications that have them
	 */
	SampleJar[] value();

	/**
	 * Provides the servers.
	 */
	final class Servers implements ArgumentsProvider, AnnotationConsumer<OnServers> {

		private SampleJar[] servers = {};

		@Override
		public void accept(OnServers annotation) {
			this.servers = annotation.value();
		}

		@Override
		public Stream<? extends Arguments> provideArguments(ParameterDeclarations parameters,
				ExtensionContext context) {
			return Arrays.stream(this.servers).limit(OnServers.ALL ? this.servers.length : 1).map(Arguments::of);
		}

	}

}
