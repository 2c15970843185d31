package io.github.gracefulboot.web.app;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import jakarta.servlet.http.HttpServletResponse;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Writes streams in loops, in a package that holds nothing but what is the application's.
 * Answers are a word {@code 0}, and more when the test says so.
 */
public final class StreamLoops {

	private static volatile CountDownLatch begun = new CountDownLatch(0);

	private static volatile CountDownLatch goOn = new CountDownLatch(0);

	private StreamLoops() {
	}

	/**
	 * Writes numbers for as long as the stream is open.
	 */
	public static void writeForEver(BlockingQueue<Integer> numbers, OutputStream out, HttpServletResponse response)
			throws IOException {
		try {
			while (true) {
				Integer number = numbers.poll(10, TimeUnit.SECONDS);
				out.write(("data: " + number + "\n\n").getBytes(StandardCharsets.UTF_8));
				response.flushBuffer();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Writes an answer, word by word.
	 */
	public static void answer(OutputStream out, HttpServletResponse response) throws IOException {
		for (String word : List.of("0", "1", "2", "last")) {
			pauseBefore(word);
			out.write(("data: " + word + "\n\n").getBytes(StandardCharsets.UTF_8));
			response.flushBuffer();
		}
	}

	/**
	 * Sends an answer, word by word, once the client has been greeted.
	 */
	public static void answer(SseEmitter emitter) {
		try {
			await(begun);
			for (int i = 0; i < 3; i++) {
				pauseBefore(i);
				emitter.send(String.valueOf(i));
			}
			emitter.send("last");
			emitter.complete();
		}
		catch (IOException ex) {
			emitter.completeWithError(ex);
		}
	}

	/**
	 * Publishes an answer, word by word.
	 */
	public static Flux<String> answer() {
		return Flux.interval(Duration.ZERO, Duration.ofMillis(10))
			.onBackpressureBuffer()
			.publishOn(Schedulers.boundedElastic(), 1)
			.take(4)
			.doOnNext(StreamLoops::pauseBefore)
			.map((number) -> (number < 3) ? number.toString() : "last");
	}

	/**
	 * Holds an answer before each word but the first.
	 */
	public static void pauseBefore(Object word) {
		if (!"0".equals(word.toString())) {
			await(goOn);
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Holds all answers.
	 */
	public static void hold() {
		begun = new CountDownLatch(1);
		goOn = new CountDownLatch(1);
	}

	/**
	 * Lets answers begin that wait until their clients have been greeted.
	 */
	public static void begin() {
		begun.countDown();
	}

	/**
	 * Lets answers go on to their end.
	 */
	public static void goOn() {
		goOn.countDown();
	}

}
