package io.github.gracefulboot.reactor;

import java.time.Duration;

import reactor.netty.ReactorNetty;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.reactor.netty.autoconfigure.ReactorNettyProperties;

/**
 * Lets the shared event loops end as soon as they are told to. By default they go on for
 * two more seconds, in case somebody still has a task for them, and Spring waits for
 * that. But their first act is to close all connections, of servers and clients, so that
 * by then nobody has. Whoever has set a quiet period gets it.
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
