package io.github.gracefulboot.web.websocket;

import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * Auto-configuration for closing WebSocket sessions. Those of the servers find the
 * sessions.
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnBean(name = GracefulWebAutoConfiguration.DRAIN)
public final class GracefulWebSocketAutoConfiguration {

	@Bean
	WebSocketDrain gracefulWebSocketDrain(ObjectProvider<WebSocketServer> servers,
			ObjectProvider<MessagesInHand> messages, Traffic traffic) {
		return new WebSocketDrain(servers.orderedStream().toList(), messages.orderedStream().toList(), traffic);
	}

}
