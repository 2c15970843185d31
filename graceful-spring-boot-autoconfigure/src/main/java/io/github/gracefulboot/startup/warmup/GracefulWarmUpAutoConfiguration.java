package io.github.gracefulboot.startup.warmup;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;

import io.github.gracefulboot.WarmUp;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.OwnBeans;
import io.github.gracefulboot.shutdown.PropertyRules;
import io.github.gracefulboot.shutdown.WaitingPolicy;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
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
import org.springframework.core.Ordered;

/**
 * Auto-configuration for the warm-up, which is not active in tests.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnProperty(name = WaitingPolicy.TEST_PROPERTY, havingValue = "false", matchIfMissing = true)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@EnableConfigurationProperties(WarmUpProperties.class)
public final class GracefulWarmUpAutoConfiguration {

	private static final String PREFIX = "graceful.startup.warm-up.";

	@Bean
	WarmUpRunner gracefulWarmUpRunner(WarmUpProperties properties, ConfigurableListableBeanFactory beanFactory,
			ApplicationContext context) {
		PropertyRules.positive(PREFIX + "timeout", properties.getTimeout(), "Set a duration such as 60s.");
		PropertyRules.atLeast(PREFIX + "requests", properties.getRequests(), 1, "Set how often to request each path.");
		PropertyRules.atLeast(PREFIX + "concurrency", properties.getConcurrency(), 1,
				"Set how many requests may be in flight.");
		properties.getPaths().forEach(GracefulWarmUpAutoConfiguration::path);
		return new WarmUpRunner(context, () -> new OwnBeans(beanFactory).ordered(WarmUp.class), properties.getTimeout(),
				properties.isRequired());
	}

	// Erased, its signature names no class that an application without a web server lacks
	@Bean
	@Conditional(OnWarmUpPaths.class)
	@ConditionalOnWebApplication
	SelfRequests gracefulSelfRequests(WarmUpProperties properties, ApplicationContext context,
			ObjectProvider<AbstractConfigurableWebServerFactory> factory, ObjectProvider<SideDoor> sideDoor) {
		return new SelfRequests(properties, () -> {
			WebServer server = Objects.requireNonNull(((WebServerApplicationContext) context).getWebServer(),
					"No web server was started");
			OwnServer own = OwnServer.of(factory.getIfAvailable(), server.getPort());
			SideDoor door = sideDoor.getIfAvailable();
			InetSocketAddress address = (door != null) ? door.sideDoor() : null;
			return (address != null) ? own.at(address) : own;
		});
	}

	private static void path(String value) {
		PropertyRules.require(isOwnPath(value), PREFIX + "paths", value,
				"'" + value + "' is not a path of this application. Set paths that begin with a single slash and are "
						+ "URL-encoded, such as /products?name=green%20tea.");
	}

	private static boolean isOwnPath(String value) {
		try {
			return value.startsWith("/") && !value.startsWith("//") && !new URI(value).isAbsolute();
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	/**
	 * Matches if there are paths to request.
	 */
	static final class OnWarmUpPaths extends OnPropertyListCondition {

		OnWarmUpPaths() {
			super(PREFIX + "paths", () -> ConditionMessage.forCondition("Warm-up paths"));
		}

	}

}
