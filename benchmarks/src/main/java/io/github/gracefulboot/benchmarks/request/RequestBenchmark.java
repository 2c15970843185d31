package io.github.gracefulboot.benchmarks.request;

import java.io.IOException;
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

/**
 * A whole request over the loopback interface, one after the other on a connection that
 * is kept.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestBenchmark {

	/**
	 * The server.
	 */
	@Param
	public Server server;

	/**
	 * Whether the application has the starter.
	 */
	@Param({ "false", "true" })
	public boolean starter;

	private Application application;

	private Client client;

	/**
	 * Starts the application.
	 * @throws IOException if it cannot be reached
	 */
	@Setup
	public void start() throws IOException {
		this.application = Application.start(this.server, this.starter);
		this.client = new Client(this.application.port());
	}

	/**
	 * Sends a request.
	 * @return something of the response
	 * @throws IOException if there is none
	 */
	@Benchmark
	public byte request() throws IOException {
		return this.client.exchange();
	}

	/**
	 * Stops the application.
	 * @throws IOException if its connection cannot be closed
	 */
	@TearDown
	public void stop() throws IOException {
		this.client.close();
		this.application.close();
	}

}
