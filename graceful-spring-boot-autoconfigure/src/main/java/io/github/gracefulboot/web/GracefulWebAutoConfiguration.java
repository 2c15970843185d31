package io.github.gracefulboot.web;

import java.util.Objects;

import io.github.gracefulboot.shutdown.ConditionalOnOwnProcess;
import io.github.gracefulboot.shutdown.GracefulShutdown;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.LifecyclePhases;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.startup.GracefulStartupAutoConfiguration;
import io.github.gracefulboot.startup.StartupProperties;
import io.github.gracefulboot.traffic.Signal;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.listener.ListenerSilencer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.OnPropertyListCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.util.function.SingletonSupplier;

/**
 * Auto-configuration of the drain of web servers.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = { GracefulShutdownAutoConfiguration.class, GracefulStartupAutoConfiguration.class })
@ConditionalOnClass(WebServer.class)
@ConditionalOnWebApplication
@ConditionalOnOwnProcess
@ConditionalOnBean(GracefulShutdown.class)
@EnableConfigurationProperties(DrainProperties.class)
public final class GracefulWebAutoConfiguration {

	@Bean
	InFlightRequests gracefulInFlightRequests(Traffic traffic) {
		return new InFlightRequests(traffic);
	}

	@Bean
	EndlessStreams gracefulEndlessStreams(DrainProperties properties, ObjectProvider<StreamFarewell> farewells) {
		return new EndlessStreams(properties.getStreamTypes(), properties.getStreamMethods(),
				SingletonSupplier.of(() -> farewells.orderedStream().toList()));
	}

	@Bean
	ListenerSilencer gracefulListenerSilencer(Traffic traffic, WaitingPolicy waitingPolicy) {
		return new ListenerSilencer(traffic, waitingPolicy.clientsMayCome());
	}

	@Bean
	WebServerDrain gracefulWebServerDrain(InFlightRequests requests, ObjectProvider<LongLivedStreams> streams,
			DrainProperties properties, Traffic traffic, Signal gracefulSignal, LifecyclePhases phases,
			WaitingPolicy waitingPolicy) {
		return new WebServerDrain(requests, SingletonSupplier.of(() -> streams.orderedStream().toList()),
				properties.getStreams(), traffic, gracefulSignal, phases, waitingPolicy);
	}

	@Bean
	@ConditionalOnBean(StartupProperties.class)
	@Conditional(OnWarmUpPaths.class)
	SelfRequests gracefulSelfRequests(StartupProperties properties, WebServerApplicationContext context,
			ObjectProvider<AbstractConfigurableWebServerFactory> factory) {
		return new SelfRequests(properties.getWarmUp(), () -> {
			AbstractConfigurableWebServerFactory settings = factory.getIfAvailable();
			WebServer server = Objects.requireNonNull(context.getWebServer(), "No web server was started");
			return (settings != null)
					? SelfRequests.server(Ssl.isEnabled(settings.getSsl()), settings.getAddress(), server.getPort())
					: SelfRequests.server(false, null, server.getPort());
		});
	}

	/**
	 * Whether there are paths to warm up.
	 */
	static final class OnWarmUpPaths extends OnPropertyListCondition {

		OnWarmUpPaths() {
			super("graceful.startup.warm-up.paths", () -> ConditionMessage.forCondition("Warm-up paths"));
		}

	}

}
