package io.github.gracefulboot.benchmarks.request;

import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.benchmarks.app.Server;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.publisher.Mono;

import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * The filter of WebFlux alone, without a server and without an application below it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WebFilterBenchmark {

	/**
	 * Whether the filter is there.
	 */
	@Param({ "false", "true" })
	public boolean starter;

	private final ServerWebExchange exchange = MockServerWebExchange.from(MockServerHttpRequest.get("/now").build());

	private final WebFilterChain chain = (exchange) -> Mono.empty();

	private Application application;

	private WebFilter filter;

	/**
	 * Takes the filter from an application.
	 */
	@Setup
	public void start() {
		this.application = Application.start(Server.NETTY, true);
		this.filter = this.application.bean("gracefulInFlightWebFilter", WebFilter.class);
	}

	/**
	 * Filters a request.
	 * @return nothing
	 */
	@Benchmark
	public Object filter() {
		return (this.starter ? this.filter.filter(this.exchange, this.chain) : this.chain.filter(this.exchange))
			.block();
	}

	/**
	 * Stops the application.
	 */
	@TearDown
	public void stop() {
		this.application.close();
	}

}
