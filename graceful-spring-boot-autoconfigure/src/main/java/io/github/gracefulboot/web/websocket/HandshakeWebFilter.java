package io.github.gracefulboot.web.websocket;

import io.github.gracefulboot.web.InFlightRequests;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Refuses WebSocket handshakes in reactive web applications from the drain on.
 */
final class HandshakeWebFilter implements WebFilter, Ordered {

	private final HandshakeGate gate;

	HandshakeWebFilter(HandshakeGate gate) {
		this.gate = gate;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (!this.gate.refuses(exchange.getRequest().getHeaders().getFirst(HttpHeaders.UPGRADE))) {
			return chain.filter(exchange);
		}
		ServerHttpResponse response = exchange.getResponse();
		response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
		response.getHeaders().set(HttpHeaders.RETRY_AFTER, InFlightRequests.RETRY_AFTER);
		response.getHeaders().set(HttpHeaders.CONNECTION, "close");
		response.getHeaders().setContentLength(0);
		return response.setComplete();
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 1;
	}

}
