package io.github.gracefulboot.balancer;

import io.github.gracefulboot.LoadBalancer;
import io.github.gracefulboot.balancer.haproxy.HaproxyRegistrar;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.OwnBeans;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.traffic.Traffic;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;

/**
 * Auto-configuration of what is told to load balancers. Nothing in a test.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnProperty(name = WaitingPolicy.TEST_PROPERTY, havingValue = "false", matchIfMissing = true)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@Import(HaproxyRegistrar.class)
public final class GracefulBalancerAutoConfiguration {

	@Bean
	LoadBalancers gracefulLoadBalancers(ConfigurableListableBeanFactory beanFactory, Traffic traffic,
			ShutdownSequence shutdown) {
		return new LoadBalancers(new OwnBeans(beanFactory).ordered(LoadBalancer.class), traffic,
				shutdown::isPortServedOn);
	}

}
