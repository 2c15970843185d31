package io.github.gracefulboot.web.websocket;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StageChangedEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationListener;

/**
 * Lets WebSocket handshakes pass until the drain begins.
 */
final class HandshakeGate implements ApplicationListener<StageChangedEvent> {

	private volatile boolean closed;

	@Override
	public void onApplicationEvent(StageChangedEvent event) {
		this.closed = event.getStage().compareTo(Stage.DRAIN) >= 0;
	}

	/**
	 * Returns whether a request has to be refused.
	 * @param upgrade the value of its header {@code Upgrade}, if there is one
	 * @return whether it is a handshake and comes too late
	 */
	boolean refuses(@Nullable String upgrade) {
		return this.closed && "websocket".equalsIgnoreCase(upgrade);
	}

}
