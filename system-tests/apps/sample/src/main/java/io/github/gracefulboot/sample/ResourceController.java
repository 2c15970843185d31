package io.github.gracefulboot.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.log.LogMessage;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Uses up what a process has: memory, stacks, threads, and the log's reader. It is not
 * there unless {@code sample.faults=true}.
 */
@RestController
@ConditionalOnBooleanProperty("sample.faults")
class ResourceController {

	private static final Log logger = LogFactory.getLog(ResourceController.class);

	private static final int PIECE = 1 << 20;

	private final CountDownLatch never = new CountDownLatch(1);

	/**
	 * Takes all memory, and gives it back as it fails.
	 */
	@PostMapping("/out-of-memory")
	int outOfMemory() {
		List<byte[]> pieces = new ArrayList<>();
		while (true) {
			pieces.add(new byte[PIECE]);
		}
	}

	/**
	 * Calls itself until there is no stack left.
	 * @param depth how deep it is
	 */
	@PostMapping("/stack-overflow")
	int stackOverflow(@RequestParam(defaultValue = "0") int depth) {
		return stackOverflow(depth + 1) + 1;
	}

	/**
	 * Starts threads, half of which wait for ever and half of which work.
	 * @param count how many
	 * @param ms how long those that work take
	 */
	@PostMapping("/threads")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void threads(@RequestParam int count, @RequestParam long ms) throws InterruptedException {
		int busy = count / 2;
		CountDownLatch begun = new CountDownLatch(count);
		AtomicInteger done = new AtomicInteger();
		for (int i = 0; i < count; i++) {
			boolean works = i < busy;
			Thread thread = new Thread(() -> {
				begun.countDown();
				if (!works) {
					await(this.never);
				}
				else if (work(ms) && done.incrementAndGet() == busy) {
					logger.info(LogMessage.format("All %d threads have done their work", busy));
				}
			}, (works ? "busy-" : "waiting-") + i);
			thread.setDaemon(true);
			thread.start();
		}
		begun.await();
	}

	/**
	 * Logs lines, which takes for ever if nobody reads them.
	 * @param lines how many
	 */
	@PostMapping("/log")
	void log(@RequestParam int lines) {
		for (int i = 0; i < lines; i++) {
			logger.info("A line that nobody reads, " + i);
		}
	}

	private static boolean work(long ms) {
		try {
			Thread.sleep(ms);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
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

}
