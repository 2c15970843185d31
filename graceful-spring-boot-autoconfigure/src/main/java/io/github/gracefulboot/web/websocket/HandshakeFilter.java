package io.github.gracefulboot.web.websocket;

import java.io.IOException;

import io.github.gracefulboot.web.InFlightRequests;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;

/**
 * Refuses WebSocket handshakes in servlet containers from the drain on.
 */
final class HandshakeFilter implements Filter {

	private final HandshakeGate gate;

	HandshakeFilter(HandshakeGate gate) {
		this.gate = gate;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (this.gate.refuses(((HttpServletRequest) request).getHeader(HttpHeaders.UPGRADE))) {
			HttpServletResponse refusal = (HttpServletResponse) response;
			refusal.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
			refusal.setHeader(HttpHeaders.RETRY_AFTER, InFlightRequests.RETRY_AFTER);
			refusal.setHeader(HttpHeaders.CONNECTION, "close");
			refusal.setContentLength(0);
		}
		else {
			chain.doFilter(request, response);
		}
	}

}
