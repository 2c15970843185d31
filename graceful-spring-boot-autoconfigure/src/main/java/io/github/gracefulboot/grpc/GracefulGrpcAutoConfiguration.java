package io.github.gracefulboot.grpc;

import io.github.gracefulboot.shutdown.DrainProperties;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.StreamEnds;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.socket.ListenerSilencer;
import io.github.gracefulboot.traffic.Traffic;
import io.grpc.BindableService;
import io.grpc.InternalChannelz;
import io.grpc.ServerBuilder;
import io.grpc.internal.ServerTransport;
import io.grpc.protobuf.services.HealthStatusManager;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.ServerBuilderCustomizer;
import org.springframework.grpc.server.lifecycle.GrpcServerLifecycle;

/**
 * Auto-configuration for draining gRPC servers.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class,
		afterName = "io.github.gracefulboot.web.GracefulWebAutoConfiguration",
		beforeName = { "org.springframework.boot.grpc.server.autoconfigure.GrpcServerAutoConfiguration",
				"org.springframework.boot.grpc.server.autoconfigure.health.GrpcServerHealthAutoConfiguration" })
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ GrpcServerLifecycle.class, ServerTransport.class, InternalChannelz.class })
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN, value = BindableService.class)
@EnableConfigurationProperties(DrainProperties.class)
public final class GracefulGrpcAutoConfiguration {

	@Bean
	GrpcCalls gracefulGrpcCalls(Traffic traffic, BeanFactory beanFactory, ShutdownSequence shutdown) {
		return new GrpcCalls(traffic, StreamEnds.of(beanFactory, shutdown));
	}

	@Bean
	GrpcConnections gracefulGrpcConnections(Traffic traffic) {
		return new GrpcConnections(traffic);
	}

	@Bean
	ServerBuilderCustomizer<?> gracefulGrpcServerBuilderCustomizer(GrpcConnections connections) {
		return observe(connections);
	}

	private static <B extends ServerBuilder<B>> ServerBuilderCustomizer<B> observe(GrpcConnections connections) {
		return (builder) -> builder.addTransportFilter(connections);
	}

	@Bean
	@GlobalServerInterceptor
	@Order(Ordered.HIGHEST_PRECEDENCE)
	GrpcCallInterceptor gracefulGrpcCallInterceptor(GrpcCalls calls, GrpcConnections connections, Traffic traffic) {
		return new GrpcCallInterceptor(calls, connections, traffic);
	}

	// Not yet defined if there is no web server
	@Bean
	@ConditionalOnMissingBean
	ListenerSilencer gracefulGrpcListenerSilencer(Traffic traffic, WaitingPolicy waitingPolicy) {
		return new ListenerSilencer(traffic, waitingPolicy.clientsMayCome(), () -> false);
	}

	@Bean
	GrpcServerDrain gracefulGrpcServerDrain(GrpcConnections connections, GrpcCalls calls, DrainProperties properties,
			ListenerSilencer silencer, WaitingPolicy waitingPolicy) {
		return new GrpcServerDrain(connections, calls, properties.getStreams(), silencer, waitingPolicy);
	}

	/**
	 * Support for gRPC's health service.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HealthStatusManager.class)
	static class HealthConfiguration {

		// When destroyed, Spring Boot's bean enters the terminal state again, of which
		// gRPC warns
		@Bean(destroyMethod = "")
		@ConditionalOnMissingBean
		HealthStatusManager gracefulGrpcHealthStatusManager() {
			return new HealthStatusManager();
		}

		@Bean
		GrpcHealth gracefulGrpcHealth(HealthStatusManager healthStatusManager) {
			return new GrpcHealth(healthStatusManager);
		}

		@Bean
		@GlobalServerInterceptor
		@Order(Ordered.HIGHEST_PRECEDENCE)
		HealthProbeInterceptor gracefulHealthProbeInterceptor(Traffic traffic) {
			return new HealthProbeInterceptor(traffic);
		}

	}

}
