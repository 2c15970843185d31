package io.github.gracefulboot.benchmarks.app;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

import reactor.core.publisher.Mono;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Requests that are answered at once, or after a while, or when a line is read from the
 * standard input, without a thread that waits: Spring MVC answers them asynchronously.
 */
@RestController
class WorkController implements ApplicationRunner {

	/**
	 * The last bytes of each answer.
	 */
	private static final String ANSWER = "answered.";

	private static final int COLLECTIONS = 3;

	private final Queue<CompletableFuture<String>> held = new ConcurrentLinkedQueue<>();

	private final ApplicationContext context;

	WorkController(ApplicationContext context) {
		this.context = context;
	}

	@GetMapping("/now")
	String now() {
		return ANSWER;
	}

	@GetMapping("/later")
	Mono<String> later(@RequestParam long ms) {
		return Mono.delay(Duration.ofMillis(ms)).thenReturn(ANSWER);
	}

	@GetMapping("/held")
	Mono<String> held() {
		CompletableFuture<String> answer = new CompletableFuture<>();
		this.held.add(answer);
		return Mono.fromFuture(answer, true);
	}

	// How many wait
	@GetMapping("/waiting")
	String waiting() {
		return String.valueOf(this.held.size());
	}

	// The live heap in bytes
	@GetMapping("/heap")
	String heap() {
		for (int i = 0; i < COLLECTIONS; i++) {
			System.gc();
		}
		return String.valueOf(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
	}

	// What a preStop hook does that tells a balancer first
	@PostMapping("/refuse")
	String refuse() {
		AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
		return ANSWER;
	}

	@Override
	public void run(ApplicationArguments args) {
		Thread thread = new Thread(this::answerOnDemand, "release");
		thread.setDaemon(true);
		thread.start();
	}

	private void answerOnDemand() {
		try {
			while (System.in.read() >= 0) {
				CompletableFuture<String> answer = this.held.poll();
				while (answer != null) {
					answer.complete(ANSWER);
					answer = this.held.poll();
				}
			}
		}
		catch (IOException ex) {
			// Nobody is there any more who could ask for answers
		}
	}

}
