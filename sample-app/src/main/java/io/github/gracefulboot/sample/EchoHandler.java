package io.github.gracefulboot.sample;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.log.LogMessage;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * Answers each WebSocket message with the same one, and counts the sessions whose end it
 * heard of while it was alive.
 */
@Component
class EchoHandler extends TextWebSocketHandler implements DisposableBean {

	private static final Log logger = LogFactory.getLog(EchoHandler.class);

	private final AtomicInteger opened = new AtomicInteger();

	private final AtomicInteger closed = new AtomicInteger();

	@Override
	public void afterConnectionEstablished(WebSocketSession session) {
		this.opened.incrementAndGet();
	}

	@Override
	protected void handleTextMessage(WebSocketSession session, TextMessage message) throws IOException {
		session.sendMessage(message);
	}

	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
		this.closed.incrementAndGet();
	}

	@Override
	public void destroy() {
		if (this.opened.get() > 0) {
			logger.info(
					LogMessage.format("Of %d WebSocket sessions %d were closed", this.opened.get(), this.closed.get()));
		}
	}

}
