package io.github.gracefulboot.web;

import java.util.stream.Stream;

import io.github.gracefulboot.StreamFarewell;
import io.github.gracefulboot.shutdown.ConditionalOnOwnProcess;
import io.github.gracefulboot.shutdown.DrainProperties;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.StreamEnds;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.socket.InheritedListener;
import io.github.gracefulboot.socket.ListenerSilencer;
import io.github.gracefulboot.socket.ListenerSource;
import io.github.gracefulboot.socket.Listeners;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.stream.EndlessStreams;
import io.github.gracefulboot.web.stream.LongLivedStreams;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.WebServer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;

/**
 * Auto-configuration of the drain of web servers.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(WebServer.class)
@ConditionalOnWebApplication
@ConditionalOnOwnProcess
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@EnableConfigurationProperties(DrainProperties.class)
public final class GracefulWebAutoConfiguration {

	/**
	 * Name of the bean that knows the requests in flight, for conditions.
	 */
	public static final String REQUESTS = "gracefulInFlightRequests";

	/**
	 * Name of the bean that drains web servers, for conditions.
	 */
	public static final String DRAIN = "gracefulWebServerDrain";

	@Bean(REQUESTS)
	InFlightRequests gracefulInFlightRequests(Traffic traffic) {
		return new InFlightRequests(traffic);
	}

	@Bean
	EndlessStreams gracefulEndlessStreams(DrainProperties properties, ObjectProvider<StreamFarewell> farewells,
			BeanFactory beanFactory, ShutdownSequence shutdown) {
		return new EndlessStreams(properties.getStreamTypes(), properties.getStreamMethods(),
				SingletonSupplier.of(() -> farewells.orderedStream().toList()), StreamEnds.of(beanFactory, shutdown));
	}

	@Bean
	ListenerSilencer gracefulListenerSilencer(Traffic traffic, WaitingPolicy waitingPolicy, ShutdownSequence shutdown) {
		return new ListenerSilencer(traffic, waitingPolicy.clientsMayCome(), shutdown::isPortServedOn);
	}

	@Bean
	Listeners gracefulListeners(ObjectProvider<ListenerSource> sources) {
		return new Listeners(Stream.concat(sources.orderedStream(), Stream.of(new InheritedListener())).toList());
	}

	@Bean(DRAIN)
	WebServerDrain gracefulWebServerDrain(InFlightRequests requests, ObjectProvider<LongLivedStreams> streams,
			DrainProperties properties, Traffic traffic, WaitingPolicy waitingPolicy) {
		return new WebServerDrain(requests, SingletonSupplier.of(() -> streams.orderedStream().toList()),
				properties.getStreams(), traffic, waitingPolicy);
	}

}
