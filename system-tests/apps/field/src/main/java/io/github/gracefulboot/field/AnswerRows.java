package io.github.gracefulboot.field;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import jakarta.servlet.http.HttpServletResponse;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Profile;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Answers that come word by word, as events, such as those of language models.
 */
@RestController
@Profile("answers")
class AnswerRows {

	private static final int WORDS = 6;

	private static final long PAUSE_MILLIS = Work.MILLIS / WORDS;

	private final AsyncTaskExecutor executor;

	AnswerRows(@Qualifier("applicationTaskExecutor") AsyncTaskExecutor executor) {
		this.executor = executor;
	}

	@GetMapping("/answer/thread")
	SseEmitter byThread() throws IOException {
		SseEmitter emitter = new SseEmitter(0L);
		new Thread(() -> write(emitter)).start();
		return emitter;
	}

	@GetMapping("/answer/executor")
	SseEmitter byExecutor() throws IOException {
		SseEmitter emitter = new SseEmitter(0L);
		this.executor.execute(() -> write(emitter));
		return emitter;
	}

	@GetMapping("/answer/future")
	SseEmitter byFuture() throws IOException {
		SseEmitter emitter = new SseEmitter(0L);
		CompletableFuture.runAsync(() -> write(emitter));
		return emitter;
	}

	private static void write(SseEmitter emitter) {
		try {
			for (int i = 0; i < WORDS; i++) {
				emitter.send("word " + i);
				Thread.sleep(PAUSE_MILLIS);
				Evidence.write("begun");
			}
			emitter.send("ended");
			emitter.complete();
		}
		catch (IOException | InterruptedException ex) {
			emitter.completeWithError(ex);
		}
	}

	@GetMapping("/answer/loop")
	void inALoop(HttpServletResponse response) throws IOException, InterruptedException {
		response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
		for (String word : List.of("this", "is", "how", "it", "has", "ended")) {
			Thread.sleep(PAUSE_MILLIS);
			response.getWriter().write("data: " + word + "\n\n");
			response.flushBuffer();
			Evidence.write("begun");
		}
	}

	@GetMapping(path = "/answer/flux", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<String> flux() {
		return Flux.range(1, WORDS)
			.delayElements(Duration.ofMillis(PAUSE_MILLIS))
			.map((number) -> (number < WORDS) ? "word " + number : "ended")
			.doOnNext((word) -> Evidence.write("begun"));
	}

}
