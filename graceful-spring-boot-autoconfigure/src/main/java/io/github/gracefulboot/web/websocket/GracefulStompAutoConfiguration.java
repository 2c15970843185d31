package io.github.gracefulboot.web.websocket;

import io.github.gracefulboot.web.GracefulWebAutoConfiguration;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

/**
 * Auto-configuration for messages of STOMP over WebSocket.
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ WebSocketMessageBrokerConfigurer.class, SimpMessageHeaderAccessor.class })
@ConditionalOnBean(name = { GracefulWebAutoConfiguration.DRAIN, GracefulStompAutoConfiguration.BROKER })
public final class GracefulStompAutoConfiguration {

	/**
	 * Name of the bean that passes on what clients send, if there is a message broker.
	 */
	static final String BROKER = "clientInboundChannel";

	@Bean
	StompMessages gracefulStompMessages(BeanFactory beanFactory) {
		return new StompMessages((name) -> beanFactory.containsBean(name) ? beanFactory.getBean(name) : null);
	}

}
