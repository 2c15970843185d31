package io.github.gracefulboot.sample.webflux;

import reactor.core.publisher.Mono;

import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Tells behind a load balancer which instance answered.
 */
@Component
class InstanceHeaderFilter implements WebFilter {

	static final String HEADER = "X-Instance";

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		exchange.getResponse().getHeaders().set(HEADER, Instance.of(exchange.getRequest()));
		return chain.filter(exchange);
	}

}
