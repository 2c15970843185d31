package io.github.gracefulboot.web;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.web.AbstractServerDrainTests.StageLatch;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.WebAsyncTask;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that a real servlet container serves on other threads than the one that they
 * came on, in all the ways that there are.
 */
public abstract class AbstractAsyncRequestsTests {

	private final Class<?> application;

	private ConfigurableApplicationContext context;

	private ShutdownSequence shutdown;

	private Gate gate;

	/**
	 * Creates the tests.
	 * @param application an application with the server and {@link Application}
	 */
	protected AbstractAsyncRequestsTests(Class<?> application) {
		this.application = application;
	}

	@AfterEach
	void close() {
		this.gate.open();
		this.context.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "callable", "deferred", "future", "web-async-task", "streaming", "started", "twice" })
	void whenRequestIsServedAsynchronouslyThenItIsCountedAndFinished(String way) throws Exception {
		start();
		try (RawClient client = connect().get("/" + way)) {
			assertFinishesDuringTheStop(client, "GET /" + way);
		}
	}

	@Test
	void whenBodyIsReadAndWrittenWithoutBlockingThenItIsCountedAndFinished() throws Exception {
		start();
		try (RawClient client = connect()
			.send("POST /non-blocking HTTP/1.1\nHost: localhost\nContent-Length: 4\n\ndo")) {
			Awaitility.await().until(() -> activeTasks().contains("POST /non-blocking"));
			CompletableFuture<Void> closed = stopUntil(Stage.DRAIN);
			client.send("ne");
			assertThat(client.response()).startsWith("HTTP/1.1 200").contains("done");
			assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
		}
	}

	@Test
	void whenAsynchronousRequestEndsInAnotherWayThenItIsNotCountedAnyMore() throws Exception {
		start();
		try (RawClient timedOut = connect().get("/times-out");
				RawClient failed = connect().get("/fails");
				RawClient failedLate = connect().get("/fails-late");
				RawClient gone = connect().get("/streams-on")) {
			assertThat(timedOut.response()).startsWith("HTTP/1.1 503");
			assertThat(failed.response()).startsWith("HTTP/1.1 500");
			assertThat(failedLate.response()).startsWith("HTTP/1.1 500");
			// A client has the last byte of its response before the server counts the
			// request as ended
			Awaitility.await()
				.untilAsserted(() -> assertThat(activeTasks()).contains("GET /streams-on")
					.doesNotContain("GET /times-out", "GET /fails"));
			gone.close();
			Awaitility.await().until(() -> activeTasks().isEmpty());
		}
	}

	private void assertFinishesDuringTheStop(RawClient client, String task) throws Exception {
		this.gate.awaitArrival();
		CompletableFuture<Void> closed = stopUntil(Stage.DRAIN);
		assertThat(activeTasks()).contains(task);
		this.gate.open();
		assertThat(client.response()).startsWith("HTTP/1.1 200")
			.containsIgnoringCase("Connection: close")
			.contains("done");
		assertThat(closed).succeedsWithin(Duration.ofSeconds(10));
		assertThat(this.shutdown.finish().isClean()).isTrue();
	}

	private String activeTasks() {
		return String.join(", ", this.shutdown.getActiveTasks().stream().map(Object::toString).toList());
	}

	private void start() {
		SpringApplication application = new SpringApplication(this.application);
		application.setDefaultProperties(Map.of("server.port", "0", "graceful.lame-duck.quiet-period", "100ms",
				"graceful.shutdown.exit-codes", "false"));
		this.context = application.run();
		this.shutdown = this.context.getBean(ShutdownSequence.class);
		this.gate = this.context.getBean(Gate.class);
	}

	private RawClient connect() throws IOException {
		return new RawClient(((WebServerApplicationContext) this.context).getWebServer().getPort());
	}

	private CompletableFuture<Void> stopUntil(Stage stage) throws InterruptedException {
		StageLatch latch = this.context.getBean(StageLatch.class);
		CompletableFuture<Void> closed = Background.run(this.context::close);
		latch.await(stage);
		return closed;
	}

	/**
	 * What the application of each server is made of.
	 */
	public static class Application {

		@Bean
		Gate gate() {
			return new Gate();
		}

		@Bean
		StageLatch stageLatch() {
			return new StageLatch();
		}

		@Bean
		AsyncController controller(Gate gate) {
			return new AsyncController(gate);
		}

		@Bean
		ServletRegistrationBean<StartedServlet> started(Gate gate) {
			return asynchronous(new StartedServlet(gate), "/started");
		}

		@Bean
		ServletRegistrationBean<TwiceServlet> twice(Gate gate) {
			return asynchronous(new TwiceServlet(gate), "/twice");
		}

		@Bean
		ServletRegistrationBean<NonBlockingServlet> nonBlocking() {
			return asynchronous(new NonBlockingServlet(), "/non-blocking");
		}

		private static <T extends HttpServlet> ServletRegistrationBean<T> asynchronous(T servlet, String path) {
			ServletRegistrationBean<T> registration = new ServletRegistrationBean<>(servlet, path);
			registration.setAsyncSupported(true);
			return registration;
		}

	}

	/**
	 * Holds up the work until the test opens it.
	 */
	static class Gate {

		private final CountDownLatch arrived = new CountDownLatch(1);

		private final CountDownLatch open = new CountDownLatch(1);

		void awaitArrival() throws InterruptedException {
			assertThat(this.arrived.await(10, TimeUnit.SECONDS)).isTrue();
		}

		void open() {
			this.open.countDown();
		}

		String pass() {
			this.arrived.countDown();
			try {
				assertThat(this.open.await(10, TimeUnit.SECONDS)).isTrue();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
			return "done";
		}

	}

	/**
	 * Spring's ways.
	 */
	@RestController
	static class AsyncController {

		private final Gate gate;

		AsyncController(Gate gate) {
			this.gate = gate;
		}

		@GetMapping("/callable")
		Callable<String> callable() {
			return this.gate::pass;
		}

		@GetMapping("/deferred")
		DeferredResult<String> deferred() {
			DeferredResult<String> result = new DeferredResult<>();
			Background.run(() -> result.setResult(this.gate.pass()));
			return result;
		}

		@GetMapping("/future")
		CompletableFuture<String> future() {
			return Background.supply(this.gate::pass);
		}

		@GetMapping("/web-async-task")
		WebAsyncTask<String> task() {
			return new WebAsyncTask<>(10_000L, this.gate::pass);
		}

		@GetMapping("/streaming")
		StreamingResponseBody streaming() {
			return (out) -> {
				out.write("begun ".getBytes(StandardCharsets.US_ASCII));
				out.write(this.gate.pass().getBytes(StandardCharsets.US_ASCII));
			};
		}

		@GetMapping("/times-out")
		DeferredResult<String> timesOut() {
			return new DeferredResult<>(200L);
		}

		@GetMapping("/{way:fails|fails-late}")
		Object fails(@PathVariable String way) {
			if (way.equals("fails")) {
				return (Callable<String>) () -> {
					throw new IllegalStateException("Wanted by the test");
				};
			}
			DeferredResult<String> result = new DeferredResult<>();
			Background.run(() -> result.setErrorResult(new IllegalStateException("Wanted by the test")));
			return result;
		}

		@GetMapping("/streams-on")
		StreamingResponseBody streamsOn() {
			return (out) -> {
				while (true) {
					out.write(new byte[1024]);
					out.flush();
				}
			};
		}

	}

	/**
	 * Hands the request to another thread of the container.
	 */
	static class StartedServlet extends HttpServlet {

		private final transient Gate gate;

		StartedServlet(Gate gate) {
			this.gate = gate;
		}

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) {
			AsyncContext async = request.startAsync();
			async.start(() -> {
				print(async, this.gate.pass());
				async.complete();
			});
		}

		private static void print(AsyncContext async, String text) {
			try {
				async.getResponse().getWriter().print(text);
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/**
	 * Is dispatched to itself, and becomes asynchronous once more.
	 */
	static class TwiceServlet extends StartedServlet {

		TwiceServlet(Gate gate) {
			super(gate);
		}

		@Override
		protected void doGet(HttpServletRequest request, HttpServletResponse response) {
			if (request.getAttribute("first") == null) {
				request.setAttribute("first", true);
				AsyncContext async = request.startAsync();
				async.start(async::dispatch);
				return;
			}
			super.doGet(request, response);
		}

	}

	/**
	 * Answers with the body that it was sent.
	 */
	static class NonBlockingServlet extends HttpServlet {

		@Override
		protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
			AsyncContext async = request.startAsync();
			ServletInputStream in = request.getInputStream();
			in.setReadListener(new ReadListener() {

				private final StringBuilder body = new StringBuilder();

				@Override
				public void onDataAvailable() throws IOException {
					while (in.isReady() && !in.isFinished()) {
						int b = in.read();
						if (b != -1) {
							this.body.append((char) b);
						}
					}
				}

				@Override
				public void onAllDataRead() throws IOException {
					write(async, response.getOutputStream(), this.body.toString());
				}

				@Override
				public void onError(Throwable failure) {
					async.complete();
				}

			});
		}

		private static void write(AsyncContext async, ServletOutputStream out, String text) {
			out.setWriteListener(new WriteListener() {

				@Override
				public void onWritePossible() throws IOException {
					if (out.isReady()) {
						out.print(text);
						async.complete();
					}
				}

				@Override
				public void onError(Throwable failure) {
					async.complete();
				}

			});
		}

	}

}
