package io.github.gracefulboot.web.websocket;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerState;
import reactor.netty.http.websocket.WebsocketOutbound;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * The WebSocket sessions of Reactor Netty, which are recognized by their handshakes.
 */
final class NettyWebSockets
		implements WebSocketServer, WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, AopInfrastructureBean {

	private final Map<Channel, String> handshakes = new ConcurrentHashMap<>();

	@Override
	public void customize(NettyReactiveWebServerFactory factory) {
		factory.addServerCustomizers(this::observe);
	}

	private HttpServer observe(HttpServer server) {
		return server.childObserve(this::changed);
	}

	private void changed(Connection connection, ConnectionObserver.State state) {
		if (state == HttpServerState.REQUEST_RECEIVED && connection instanceof HttpServerRequest request
				&& request.requestHeaders().contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
			Channel channel = connection.channel();
			this.handshakes.put(channel, "/" + request.path());
			channel.closeFuture().addListener((closed) -> this.handshakes.remove(channel));
		}
	}

	@Override
	public Collection<OpenWebSocket> sessions() {
		List<OpenWebSocket> result = new ArrayList<>();
		this.handshakes.forEach((channel, path) -> {
			if (ChannelOperations.get(channel) instanceof WebsocketOutbound outbound) {
				result.add(new NettySession(channel, path, outbound));
			}
		});
		return result;
	}

	private record NettySession(Channel channel, String path, WebsocketOutbound outbound) implements OpenWebSocket {

		@Override
		public Object id() {
			return this.channel;
		}

		/**
		 * Sends the close frame, after which Reactor Netty closes the connection.
		 */
		@Override
		public boolean close(Duration patience, boolean handling) {
			this.outbound.sendClose(GOING_AWAY, REASON).onErrorResume((ex) -> Mono.empty()).subscribe();
			return true;
		}

		@Override
		public void cut() {
			this.channel.close();
		}

	}

}
