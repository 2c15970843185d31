package io.github.gracefulboot.sample;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.http.HttpStatus;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Work that outlives its request: a transaction on a thread of its own, which nobody but
 * the database knows of.
 */
@RestController
class JobController {

	private static final Log logger = LogFactory.getLog(JobController.class);

	private static final Duration LONGEST = Duration.ofMinutes(10);

	private final TransactionOperations transaction;

	private final OrderRepository orders;

	JobController(TransactionOperations transaction, OrderRepository orders) {
		this.transaction = transaction;
		this.orders = orders;
	}

	// Answers when the transaction has begun, which commits an order for the given item
	@PostMapping("/jobs")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void start(@RequestParam String item, @RequestParam(defaultValue = "1500") long ms) throws InterruptedException {
		if (ms < 0 || ms > LONGEST.toMillis()) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "ms has to be from 0 to " + LONGEST.toMillis());
		}
		CountDownLatch begun = new CountDownLatch(1);
		Thread thread = new Thread(() -> this.transaction.executeWithoutResult((status) -> {
			this.orders.save(item, 1);
			begun.countDown();
			work(Duration.ofMillis(ms));
		}), "job-" + item);
		thread.setDaemon(true);
		thread.start();
		begun.await();
	}

	private void work(Duration duration) {
		try {
			Thread.sleep(duration.toMillis());
			logger.info("Job done");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
