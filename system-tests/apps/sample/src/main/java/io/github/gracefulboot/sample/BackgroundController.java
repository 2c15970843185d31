package io.github.gracefulboot.sample;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.log.LogMessage;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Work that goes on when its request has been answered, and that no bean knows of.
 */
@RestController
@ConditionalOnBooleanProperty("sample.faults")
class BackgroundController {

	private static final Log logger = LogFactory.getLog(BackgroundController.class);

	private final OrderRepository orders;

	BackgroundController(OrderRepository orders) {
		this.orders = orders;
	}

	@PostMapping("/run-async")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void runAsync(@RequestParam long ms) {
		CompletableFuture.runAsync(() -> work(ms)).thenRunAsync(() -> work(ms));
	}

	@PostMapping("/thread")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void thread(@RequestParam long ms) {
		start(() -> work(ms));
	}

	/**
	 * Starts a virtual thread, or another where there are none.
	 */
	@PostMapping("/virtual-thread")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void virtualThread(@RequestParam long ms) {
		SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("unknown-");
		executor.setVirtualThreads(Runtime.version().feature() >= 21);
		executor.setDaemon(true);
		executor.execute(() -> work(ms));
	}

	/**
	 * Starts a thread that writes rows, for as long as it gets connections.
	 */
	@PostMapping("/rows")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void rows() {
		start(() -> {
			logger.info("Unknown work begins");
			for (int i = 0; i < 1000; i++) {
				long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(50);
				while (System.nanoTime() - until < 0) {
					Thread.onSpinWait();
				}
				this.orders.save("row", i);
			}
		});
	}

	@PostMapping("/loop")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void loop(@RequestParam long ms) {
		start(() -> {
			while (pause(ms)) {
				logger.debug("Round");
			}
		});
	}

	private void start(Runnable task) {
		Thread thread = new Thread(task, "unknown");
		thread.setDaemon(true);
		thread.start();
	}

	private void work(long ms) {
		logger.info("Unknown work begins");
		if (pause(ms)) {
			logger.info(LogMessage.format("Unknown work of %d ms is done", ms));
		}
	}

	private boolean pause(long ms) {
		try {
			Thread.sleep(ms);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
