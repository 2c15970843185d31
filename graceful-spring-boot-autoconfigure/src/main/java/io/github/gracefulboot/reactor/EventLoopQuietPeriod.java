package io.github.gracefulboot.reactor;

import java.time.Duration;

import reactor.netty.ReactorNetty;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.reactor.netty.autoconfigure.ReactorNettyProperties;

/**
 * Shortens the quiet period of the shared event loops to zero, unless the application has
 * set one. By default, event loops continue for two more seconds to accept further tasks,
 * and Spring waits for that. As the first thing they do is to close all connections of
 * servers and clients, there are no such tasks.
 */
final class EventLoopQuietPeriod implements BeanPostProcessor {

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ReactorNettyProperties properties && properties.getShutdownQuietPeriod() == null
				&& System.getProperty(ReactorNetty.SHUTDOWN_QUIET_PERIOD) == null) {
			properties.setShutdownQuietPeriod(Duration.ZERO);
		}
		return bean;
	}

}
