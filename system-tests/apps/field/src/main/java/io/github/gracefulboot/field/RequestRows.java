package io.github.gracefulboot.field;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import jakarta.annotation.PreDestroy;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.ApplicationContextEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * Requests that the application itself ends when it is told that it stops.
 */
@RestController
@Profile("requests")
class RequestRows {

	private final CountDownLatch told = new CountDownLatch(1);

	private final CompletableFuture<String> ended = new CompletableFuture<>();

	@GetMapping("/deferred")
	DeferredResult<String> deferred() {
		Evidence.write("begun");
		DeferredResult<String> result = new DeferredResult<>(120_000L);
		this.ended.thenAccept(result::setResult);
		return result;
	}

	@GetMapping("/future")
	CompletableFuture<String> future() {
		Evidence.write("begun");
		return this.ended.copy();
	}

	@GetMapping("/blocking")
	String blocking() throws InterruptedException {
		Evidence.write("begun");
		return this.told.await(120, TimeUnit.SECONDS) ? "ended" : "timeout";
	}

	@GetMapping("/callable")
	Callable<String> callable() {
		Evidence.write("begun");
		return this::awaitTold;
	}

	private String awaitTold() throws InterruptedException {
		this.told.await(120, TimeUnit.SECONDS);
		return "ended";
	}

	@GetMapping("/emitter")
	ResponseBodyEmitter emitter() throws IOException {
		Evidence.write("begun");
		ResponseBodyEmitter emitter = new ResponseBodyEmitter(120_000L);
		emitter.send("first ");
		endWithTheOthers(emitter);
		return emitter;
	}

	@GetMapping("/sse")
	SseEmitter sse() throws IOException {
		Evidence.write("begun");
		SseEmitter emitter = new SseEmitter(120_000L);
		emitter.send("first");
		endWithTheOthers(emitter);
		return emitter;
	}

	private void endWithTheOthers(ResponseBodyEmitter emitter) {
		this.ended.thenAccept((text) -> {
			try {
				emitter.send(text);
				emitter.complete();
			}
			catch (IOException | IllegalStateException ex) {
				Evidence.write("not sent: " + ex);
			}
		});
	}

	@GetMapping("/streaming")
	StreamingResponseBody streaming() {
		Evidence.write("begun");
		return (out) -> {
			try {
				do {
					out.write("tick ".getBytes());
					out.flush();
				}
				while (!this.told.await(200, TimeUnit.MILLISECONDS));
				out.write("ended".getBytes());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		};
	}

	@GetMapping(path = "/flux", produces = MediaType.TEXT_PLAIN_VALUE)
	Flux<String> flux() {
		Evidence.write("begun");
		Sinks.One<String> sink = Sinks.one();
		this.ended.thenAccept(sink::tryEmitValue);
		return sink.asMono().flux();
	}

	@GetMapping("/servlet-async")
	void servletAsync(HttpServletRequest request) {
		Evidence.write("begun");
		AsyncContext context = request.startAsync();
		context.setTimeout(120_000);
		this.ended.thenAccept((text) -> {
			try {
				context.getResponse().getWriter().write(text);
				context.complete();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		});
	}

	/**
	 * Ends by itself, later than most timeouts.
	 */
	@GetMapping("/long")
	String takesLong() throws InterruptedException {
		Evidence.write("begun");
		Thread.sleep(Duration.ofSeconds(40).toMillis());
		return "ended";
	}

	private void end() {
		this.told.countDown();
		this.ended.complete("ended");
	}

	@Component
	@Profile("by-lifecycle")
	static class ByLifecycle implements SmartLifecycle {

		private final RequestRows requests;

		private volatile boolean running;

		ByLifecycle(RequestRows requests) {
			this.requests = requests;
		}

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.requests.end();
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

	@Component
	@Profile("by-event")
	static class ByEvent {

		private final RequestRows requests;

		ByEvent(RequestRows requests) {
			this.requests = requests;
		}

		@EventListener(ContextClosedEvent.class)
		void on() {
			this.requests.end();
		}

	}

	@Component
	@Profile("by-listener")
	static class ByListener implements ApplicationListener<ApplicationContextEvent> {

		private final RequestRows requests;

		ByListener(RequestRows requests) {
			this.requests = requests;
		}

		@Override
		public void onApplicationEvent(ApplicationContextEvent event) {
			if (event instanceof ContextClosedEvent) {
				this.requests.end();
			}
		}

	}

	@Component
	@Profile("by-hook")
	static class ByHook {

		ByHook(RequestRows requests) {
			Runtime.getRuntime().addShutdownHook(new Thread(requests::end));
		}

	}

	@Component
	@Profile("by-pre-destroy")
	static class ByPreDestroy {

		private final RequestRows requests;

		ByPreDestroy(RequestRows requests) {
			this.requests = requests;
		}

		@PreDestroy
		void close() {
			this.requests.end();
		}

	}

}
