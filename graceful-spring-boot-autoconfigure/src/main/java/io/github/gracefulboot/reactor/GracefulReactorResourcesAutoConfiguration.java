package io.github.gracefulboot.reactor;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import reactor.netty.ReactorNetty;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.reactor.netty.autoconfigure.ReactorNettyProperties;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;

/**
 * Auto-configuration for the shutdown of Reactor Netty's shared event loops.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ ReactorNetty.class, ReactorNettyProperties.class })
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@Import(EventLoopQuietPeriod.class)
public final class GracefulReactorResourcesAutoConfiguration {

}
