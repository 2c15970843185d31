package io.github.gracefulboot.web;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.web.app.StreamLoops;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ends the streams of a servlet container, written in all the ways that there are.
 */
public abstract class AbstractServletStreamEndTests extends AbstractStreamEndTests {

	protected AbstractServletStreamEndTests(Class<?> application) {
		super(application, WebApplicationType.SERVLET);
	}

	@Override
	protected List<String> paths() {
		return List.of("/emitter", "/body-emitter", "/flux", "/functional", "/streaming-body", "/raw", "/loop",
				"/actuator/ticks", "/actuator/info/ticks");
	}

	@Override
	protected List<String> finitePaths() {
		return List.of("/finite/emitter", "/finite/thread", "/finite/body", "/finite-loop", "/finite/flux",
				"/finite/entity");
	}

	@Test
	void whenAnAnswerHasNotBegunWhenStreamsEndThenItIsWaitedFor() throws Exception {
		start();
		String request = "GET /finite/late HTTP/1.1\nHost: localhost\nAccept: text/event-stream\n\n";
		try (RawClient before = connect().send(request)) {
			assertThat(before.response()).contains("data:last");
		}
		StreamLoops.hold();
		try (RawClient client = connect().send(request); RawClient feed = connect().get("/emitter")) {
			feed.untilLine();
			Awaitility.await().until(() -> this.context.getBean(InFlightRequests.class).toTasks().size() == 2);
			stopUntil(Stage.DRAIN);
			assertThat(feed.response()).endsWith("0\r\n\r\n");
			StreamLoops.goOn();
			assertThat(client.response()).contains("data:last");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/emitter", "/raw" })
	void whenTheServerCompressesThenTheStreamEndsToo(String path) throws Exception {
		start("--server.compression.enabled=true", "--server.compression.mime-types=text/event-stream",
				"--server.compression.min-response-size=1");
		ShutdownSequence shutdown = this.context.getBean(ShutdownSequence.class);
		try (RawClient client = connect()
			.send("GET " + path + " HTTP/1.1\nHost: localhost\nAccept-Encoding: gzip\n\n")) {
			assertThat(client.headers()).startsWith("HTTP/1.1 200").containsIgnoringCase("Content-Encoding: gzip");
			assertThat(client.line()).isNotEmpty();
			stopUntil(Stage.RELEASE);
			assertThat(client.response()).endsWith("0\r\n\r\n");
		}
		assertThat(shutdown.finish().cutOff()).isEmpty();
	}

	private static void loop(Ticks ticks, String path, OutputStream out, HttpServletResponse response)
			throws IOException {
		BlockingQueue<Integer> numbers = new LinkedBlockingQueue<>();
		ticks.listen(numbers::add);
		try {
			StreamLoops.writeForEver(numbers, out, response);
		}
		finally {
			ticks.ended(path);
		}
	}

	/**
	 * What the application of each server is made of.
	 */
	@AutoConfigurationPackage(basePackageClasses = StreamLoops.class)
	@Import({ StreamController.class, AbstractStreamEndTests.Application.class })
	public static class Application {

		@Bean
		RouterFunction<ServerResponse> functional(Ticks ticks) {
			return RouterFunctions.route().GET("/functional", (request) -> ServerResponse.sse((events) -> {
				events.onComplete(() -> ticks.ended("/functional"));
				ticks.listen((number) -> events.send(String.valueOf(number)));
			}, Duration.ZERO)).build();
		}

		@Bean
		ServletRegistrationBean<StreamServlet> streamServlet(Ticks ticks) {
			return new ServletRegistrationBean<>(new StreamServlet(ticks), "/raw", "/loop", "/text", "/texts/*",
					"/flood", "/finite-loop");
		}

	}

	/**
	 * Streams with Spring MVC.
	 */
	@RestController
	static class StreamController {

		private final Ticks ticks;

		StreamController(Ticks ticks) {
			this.ticks = ticks;
		}

		@GetMapping("/fast")
		String fast() {
			return "done";
		}

		@GetMapping({ "/emitter", "/actuator/ticks", "/actuator/info/ticks" })
		SseEmitter emitter(HttpServletRequest request) {
			String path = request.getServletPath();
			SseEmitter emitter = new SseEmitter(0L);
			emitter.onCompletion(() -> this.ticks.ended(path));
			this.ticks.listen((number) -> emitter.send(SseEmitter.event().data(number)));
			return emitter;
		}

		@GetMapping("/finite/late")
		SseEmitter late() throws IOException {
			StreamLoops.pauseBefore("last");
			SseEmitter emitter = new SseEmitter(0L);
			emitter.send("last");
			emitter.complete();
			return emitter;
		}

		@GetMapping("/finite/emitter")
		SseEmitter answer() throws IOException {
			SseEmitter emitter = new SseEmitter(0L);
			emitter.send(SseEmitter.event().comment("hello"));
			CompletableFuture.runAsync(() -> StreamLoops.answer(emitter));
			return emitter;
		}

		@GetMapping("/finite/thread")
		SseEmitter answerOfThread() throws IOException {
			SseEmitter emitter = new SseEmitter(0L);
			emitter.send(SseEmitter.event().comment("hello"));
			new Thread(() -> StreamLoops.answer(emitter)).start();
			return emitter;
		}

		@GetMapping(path = "/finite/flux", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
		Flux<String> answerOfPublisher() {
			return StreamLoops.answer();
		}

		@GetMapping("/finite/entity")
		ResponseEntity<Flux<String>> answerInEntity() {
			return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).body(answerOfPublisher());
		}

		@GetMapping("/finite/body")
		ResponseEntity<StreamingResponseBody> answerInBody(HttpServletResponse response) {
			StreamingResponseBody body = (out) -> StreamLoops.answer(out, response);
			return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).body(body);
		}

		@GetMapping("/silent")
		SseEmitter silent() {
			return new SseEmitter(0L);
		}

		@GetMapping("/body-emitter")
		ResponseEntity<ResponseBodyEmitter> bodyEmitter() {
			ResponseBodyEmitter emitter = new ResponseBodyEmitter(0L);
			emitter.onCompletion(() -> this.ticks.ended("/body-emitter"));
			this.ticks.listen((number) -> emitter.send("data: " + number + "\n\n", MediaType.TEXT_PLAIN));
			return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).body(emitter);
		}

		@GetMapping("/flux")
		Flux<ServerSentEvent<String>> flux() {
			return Flux.interval(Duration.ofMillis(10))
				.onBackpressureDrop()
				.map((number) -> ServerSentEvent.builder(String.valueOf(number)).build())
				.doOnCancel(() -> this.ticks.ended("/flux"));
		}

		@GetMapping("/streaming-body")
		ResponseEntity<StreamingResponseBody> streamingBody(HttpServletResponse response) {
			StreamingResponseBody body = (out) -> loop(this.ticks, "/streaming-body", out, response);
			return ResponseEntity.ok().contentType(MediaType.TEXT_EVENT_STREAM).body(body);
		}

	}

	/**
	 * Streams with nothing but the Servlet API.
	 */
	static class StreamServlet extends HttpServlet {

		private final transient Ticks ticks;

		StreamServlet(Ticks ticks) {
			this.ticks = ticks;
		}

		@Override
		protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
			response.setContentType("text/event-stream");
			switch (request.getServletPath()) {
				case "/raw" -> raw(request.startAsync());
				case "/loop" -> loop(this.ticks, "/loop", response.getOutputStream(), response);
				case "/text", "/texts" -> text(request.startAsync());
				case "/finite-loop" -> StreamLoops.answer(response.getOutputStream(), response);
				case "/flood" -> flood(response.getOutputStream());
				default -> throw new IllegalArgumentException(request.getServletPath());
			}
		}

		private void raw(AsyncContext async) throws IOException {
			async.setTimeout(0);
			async.addListener(new EndListener(this.ticks, "/raw"));
			PrintWriter writer = async.getResponse().getWriter();
			this.ticks.listen((number) -> {
				writer.print("data: " + number + "\n");
				writer.print("\n");
				if (writer.checkError()) {
					throw new IOException("ended");
				}
			});
		}

		private void text(AsyncContext async) throws IOException {
			async.setTimeout(0);
			OutputStream out = async.getResponse().getOutputStream();
			this.ticks.say((text) -> {
				try {
					out.write(text.getBytes(StandardCharsets.UTF_8));
					out.flush();
				}
				catch (IOException ex) {
					async.complete();
					throw new UncheckedIOException(ex);
				}
				if (text.isEmpty()) {
					async.complete();
				}
			});
		}

		private void flood(OutputStream out) throws IOException {
			byte[] event = ("data: " + "x".repeat(100_000) + "\n\n").getBytes(StandardCharsets.UTF_8);
			while (true) {
				out.write(event);
				this.ticks.flooded();
			}
		}

	}

	private record EndListener(Ticks ticks, String path) implements AsyncListener {

		@Override
		public void onComplete(AsyncEvent event) {
			this.ticks.ended(this.path);
		}

		@Override
		public void onTimeout(AsyncEvent event) {
		}

		@Override
		public void onError(AsyncEvent event) {
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
		}

	}

}
