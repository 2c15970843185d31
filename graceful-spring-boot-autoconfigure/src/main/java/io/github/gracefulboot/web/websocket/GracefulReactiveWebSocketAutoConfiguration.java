package io.github.gracefulboot.web.websocket;

import io.github.gracefulboot.web.GracefulWebAutoConfiguration;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.reactive.HandlerAdapter;
import org.springframework.web.reactive.socket.WebSocketHandler;

/**
 * Auto-configuration for messages of WebFlux' WebSocket handlers.
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ HandlerAdapter.class, WebSocketHandler.class })
@ConditionalOnWebApplication(type = Type.REACTIVE)
@ConditionalOnBean(name = GracefulWebAutoConfiguration.DRAIN)
public final class GracefulReactiveWebSocketAutoConfiguration {

	@Bean
	ReactiveMessages gracefulReactiveMessages(ObjectProvider<HandlerAdapter> adapters) {
		return new ReactiveMessages(SingletonSupplier.of(() -> adapters.orderedStream().toList()));
	}

}
