package io.github.gracefulboot.web.reactive;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.Peer;
import io.github.gracefulboot.traffic.ReadinessProbes;
import io.github.gracefulboot.traffic.ReadinessProbes.Kind;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.InFlightRequest;
import io.github.gracefulboot.web.InFlightRequests;
import reactor.core.publisher.Mono;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Tracks each request from the moment it reaches the application until it is answered or
 * given up, reports readiness probes together with their response, and refuses what comes
 * too late.
 */
final class InFlightWebFilter implements WebFilter, Ordered, AopInfrastructureBean {

	private final InFlightRequests requests;

	private final Traffic traffic;

	private final ReadinessProbes probes;

	private final ReactiveStreams streams;

	private final ApplicationContext context;

	InFlightWebFilter(InFlightRequests requests, Traffic traffic, ReadinessProbes probes, ReactiveStreams streams,
			ApplicationContext context) {
		this.requests = requests;
		this.traffic = traffic;
		this.probes = probes;
		this.streams = streams;
		this.context = context;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		ServerHttpRequest request = exchange.getRequest();
		String method = request.getMethod().name();
		Kind kind = this.probes.classify(method, request.getPath().pathWithinApplication().value(),
				cameToManagementPort(exchange));
		String path = request.getURI().getRawPath();
		if (kind == Kind.TRAFFIC) {
			this.traffic.requestCame(() -> Peer.of(address(request), request.getHeaders()::containsHeader));
			if (this.requests.refuses(method, path, () -> request.getHeaders().getFirst("Upgrade"))) {
				return refuse(exchange.getResponse());
			}
		}
		if (kind == Kind.REFUSED || kind == Kind.ACCEPTED) {
			boolean accepted = kind == Kind.ACCEPTED;
			return answerReadiness(exchange.getResponse(), accepted)
				.doFinally((signal) -> this.traffic.probeAnswered(client(request), accepted));
		}
		boolean streamable = kind != Kind.READINESS && this.streams.endless().mayAnswer(method);
		Mono<Void> response = chain.filter(streamable ? streamable(exchange) : exchange);
		InFlightRequest inFlight = this.requests.begin(method, path);
		inFlight.runsOn(null);
		return response.doFinally((signal) -> {
			if (kind == Kind.READINESS) {
				HttpStatusCode status = exchange.getResponse().getStatusCode();
				this.traffic.probeAnswered(client(request),
						status != null && (status.is2xxSuccessful() || status.is3xxRedirection()));
			}
			this.requests.end(inFlight);
		});
	}

	/**
	 * The context of a management port is below that of the application, and uses the
	 * filters of both.
	 */
	private boolean cameToManagementPort(ServerWebExchange exchange) {
		ApplicationContext context = exchange.getApplicationContext();
		return context != null && context != this.context;
	}

	private static Mono<Void> refuse(ServerHttpResponse response) {
		response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
		response.getHeaders().set("Retry-After", InFlightRequests.RETRY_AFTER);
		// The server adds that the connection closes
		response.getHeaders().setContentLength(0);
		return response.setComplete();
	}

	private static Mono<Void> answerReadiness(ServerHttpResponse response, boolean accepted) {
		String text = accepted ? ReadinessProbes.ACCEPTANCE : ReadinessProbes.REFUSAL;
		byte[] body = text.getBytes(StandardCharsets.UTF_8);
		response.setStatusCode(accepted ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
		response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
		response.getHeaders().setContentLength(body.length);
		return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
	}

	private ServerWebExchange streamable(ServerWebExchange exchange) {
		return exchange.mutate().response(StreamableHttpResponse.of(exchange, this.streams)).build();
	}

	private static String address(ServerHttpRequest request) {
		InetSocketAddress remote = request.getRemoteAddress();
		return (remote != null) ? remote.getHostString() : "unknown";
	}

	private static Client client(ServerHttpRequest request) {
		return new Client(address(request), request.getHeaders().getFirst("User-Agent"));
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
