package io.github.gracefulboot.sample;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.annotation.Configuration;
import org.springframework.core.log.LogMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * A WebSocket whose messages take as many milliseconds as they say.
 */
@Configuration(proxyBeanMethods = false)
class WorkSocketConfiguration implements WebSocketConfigurer {

	@Override
	public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
		registry.addHandler(new WorkHandler(), "/work");
	}

	private static final class WorkHandler extends TextWebSocketHandler {

		private static final Log logger = LogFactory.getLog(WorkHandler.class);

		@Override
		protected void handleTextMessage(WebSocketSession session, TextMessage message) throws Exception {
			logger.info(LogMessage.format("Message of %s ms begins", message.getPayload()));
			Thread.sleep(Long.parseLong(message.getPayload()));
			logger.info(LogMessage.format("Message of %s ms is done", message.getPayload()));
			session.sendMessage(new TextMessage("done"));
		}

	}

}
