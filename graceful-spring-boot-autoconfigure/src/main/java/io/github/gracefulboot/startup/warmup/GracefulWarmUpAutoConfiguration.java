package io.github.gracefulboot.startup.warmup;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Objects;

import io.github.gracefulboot.WarmUp;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.InvalidGracefulPropertyException;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.WaitingPolicy;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.OnPropertyListCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration of the warm-up. Nothing is warmed up in a test.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@ConditionalOnProperty(name = WaitingPolicy.TEST_PROPERTY, havingValue = "false", matchIfMissing = true)
@ConditionalOnBean(ShutdownSequence.class)
@EnableConfigurationProperties(WarmUpProperties.class)
public final class GracefulWarmUpAutoConfiguration {

	private static final String PREFIX = "graceful.startup.warm-up.";

	@Bean
	WarmUpRunner gracefulWarmUpRunner(WarmUpProperties properties, ObjectProvider<WarmUp> warmUps,
			ApplicationContext context) {
		positive("timeout", properties.getTimeout());
		positive("requests", properties.getRequests());
		positive("concurrency", properties.getConcurrency());
		properties.getPaths().forEach(GracefulWarmUpAutoConfiguration::path);
		return new WarmUpRunner(context, () -> warmUps.orderedStream().toList(), properties.getTimeout(),
				properties.isRequired());
	}

	private static void positive(String name, Duration value) {
		if (value.isNegative() || value.isZero()) {
			throw new InvalidGracefulPropertyException(PREFIX + name, value + " is not a positive duration.",
					"Set a duration such as 60s.");
		}
	}

	private static void positive(String name, int value) {
		if (value < 1) {
			throw new InvalidGracefulPropertyException(PREFIX + name, value + " is less than 1.", "Set 1 or more.");
		}
	}

	private static void path(String value) {
		try {
			if (value.startsWith("/") && !value.startsWith("//") && !new URI(value).isAbsolute()) {
				return;
			}
		}
		catch (URISyntaxException ex) {
			// Said below
		}
		throw new InvalidGracefulPropertyException(PREFIX + "paths",
				"'" + value + "' is not a path of this application.",
				"Set paths that begin with one slash, with other characters encoded, such as /products?name=green%20tea.");
	}

	/**
	 * With a web server: requests to itself.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(WebServer.class)
	@ConditionalOnWebApplication
	@Conditional(OnWarmUpPaths.class)
	static class WebConfiguration {

		@Bean
		SelfRequests gracefulSelfRequests(WarmUpProperties properties, WebServerApplicationContext context,
				ObjectProvider<AbstractConfigurableWebServerFactory> factory) {
			return new SelfRequests(properties, () -> {
				WebServer server = Objects.requireNonNull(context.getWebServer(), "No web server was started");
				return OwnServer.of(factory.getIfAvailable(), server.getPort());
			});
		}

	}

	/**
	 * Whether there are paths to warm up.
	 */
	static final class OnWarmUpPaths extends OnPropertyListCondition {

		OnWarmUpPaths() {
			super(PREFIX + "paths", () -> ConditionMessage.forCondition("Warm-up paths"));
		}

	}

}
