package io.github.gracefulboot.benchmarks.request;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.benchmarks.app.Server;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/**
 * The filter of servlets alone, without a server and without an application below it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ServletFilterBenchmark {

	/**
	 * Whether the filter is there.
	 */
	@Param({ "false", "true" })
	public boolean starter;

	private final MockHttpServletRequest request = new MockHttpServletRequest("GET", "/now");

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private final FilterChain chain = (request, response) -> request.setAttribute("served", Boolean.TRUE);

	private Application application;

	private Filter filter;

	/**
	 * Takes the filter from an application.
	 */
	@Setup
	public void start() {
		this.request.setServletPath("/now");
		this.application = Application.start(Server.TOMCAT, true);
		this.filter = this.application.bean("gracefulInFlightFilter", FilterRegistrationBean.class).getFilter();
	}

	/**
	 * Filters a request.
	 * @return the response
	 * @throws IOException never
	 * @throws ServletException never
	 */
	@Benchmark
	public Object filter() throws IOException, ServletException {
		this.request.clearAttributes();
		if (this.starter) {
			this.filter.doFilter(this.request, this.response, this.chain);
		}
		else {
			this.chain.doFilter(this.request, this.response);
		}
		return this.response;
	}

	/**
	 * Stops the application.
	 */
	@TearDown
	public void stop() {
		this.application.close();
	}

}
