package io.github.gracefulboot.web;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.Traffic;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Stops a real servlet container with real connections in every state.
 */
public abstract class AbstractServletServerDrainTests extends AbstractProtocolDrainTests {

	protected BlockingServlet servlet;

	/**
	 * Creates the tests.
	 * @param application an application with the server, {@link Application} and, with
	 * the property {@code additional}, a second connector
	 */
	protected AbstractServletServerDrainTests(Class<?> application) {
		super(application, WebApplicationType.SERVLET);
	}

	/**
	 * Returns the port of the second connector.
	 */
	protected abstract int additionalPort();

	/**
	 * Returns the arguments with which the server has a single thread for requests.
	 */
	protected abstract String[] oneThread();

	@Override
	protected void start(String... args) {
		super.start(args);
		this.servlet = this.context.getBean(BlockingServlet.class);
	}

	@Test
	void whenRequestIsAsynchronousThenItIsWaitedFor() throws Exception {
		start();
		try (RawClient client = connect().get("/block?async")) {
			AsyncContext async = this.servlet.asyncContexts.poll(10, TimeUnit.SECONDS);
			stopUntil(Stage.DRAIN);
			assertThat(this.context.getBean(ShutdownSequence.class).getActiveTasks()).singleElement()
				.asString()
				.startsWith("GET /block");
			async.getResponse().getWriter().print("late");
			async.complete();
			assertThat(client.response()).startsWith("HTTP/1.1 200").endsWith("late");
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void whenRequestIsAnsweredBeforeItHasBeenReadThenItsRestIsNotWaitedFor() throws Exception {
		start();
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (RawClient client = connect()) {
			client.send("POST /fast HTTP/1.1\nHost: localhost\nContent-Length: 3000000\n\n" + "x".repeat(100_000));
			assertThat(client.response()).startsWith("HTTP/1.1 405");
			stopUntil(Stage.RELEASE);
		}
		assertThat(this.closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(shutdown.finish().isClean()).isTrue();
	}

	@Test
	void whenThereIsAnAdditionalConnectorThenItIsDrainedToo() throws Exception {
		start("--additional=true");
		try (RawClient client = new RawClient(additionalPort()).get("/block")) {
			this.servlet.awaitEntered();
			stopUntil(Stage.DRAIN);
			Awaitility.await().until(() -> additionalPort() < 0);
			this.servlet.release();
			assertThat(client.response()).contains("Connection: close").endsWith("done");
		}
	}

	@Test
	void whenRequestWaitsForAThreadThenItIsServed() throws Exception {
		start(oneThread());
		try (RawClient first = connect().get("/block"); RawClient second = connect()) {
			this.servlet.awaitEntered();
			second.get("/fast");
			Awaitility.await()
				.until(() -> this.context.getBean(Traffic.class)
					.openConnections()
					.stream()
					.filter((connection) -> connection.state() == OpenConnection.State.BUSY)
					.count() == 2);
			stopUntil(Stage.DRAIN);
			this.servlet.release();
			assertThat(first.response()).endsWith("done");
			assertThat(second.response()).startsWith("HTTP/1.1 200");
		}
	}

	/**
	 * What the application of each server is made of.
	 */
	public static class Application {

		@Bean
		BlockingServlet blockingServlet() {
			return new BlockingServlet();
		}

		@Bean
		ServletRegistrationBean<BlockingServlet> registration(BlockingServlet servlet) {
			return new ServletRegistrationBean<>(servlet, "/*");
		}

		@Bean
		StageLatch stageLatch() {
			return new StageLatch();
		}

	}

	/**
	 * Answers at once, or when it is released.
	 */
	protected static class BlockingServlet extends HttpServlet implements Fixture {

		private final transient CountDownLatch entered = new CountDownLatch(1);

		private final transient CountDownLatch release = new CountDownLatch(1);

		private final transient BlockingQueue<AsyncContext> asyncContexts = new LinkedBlockingQueue<>();

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
			String query = String.valueOf(request.getQueryString());
			if (query.equals("async")) {
				this.asyncContexts.add(request.startAsync());
				return;
			}
			if (request.getRequestURI().equals("/block")) {
				this.entered.countDown();
				await(this.release);
			}
			if (query.equals("empty")) {
				response.setStatus(HttpServletResponse.SC_NO_CONTENT);
				return;
			}
			response.getWriter().print("done");
			if (query.equals("chunked")) {
				response.flushBuffer();
			}
		}

		@Override
		public void awaitEntered() {
			await(this.entered);
		}

		@Override
		public void release() {
			this.release.countDown();
		}

		private static void await(CountDownLatch latch) {
			try {
				assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
