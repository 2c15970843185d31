package io.github.gracefulboot.sample;

import java.util.concurrent.CountDownLatch;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * A participant that does in its drain what {@code sample.faulty-participant} says:
 * {@code throws}, {@code hangs}, {@code ignores-interrupts} or {@code exits}.
 */
@Component
@ConditionalOnProperty("sample.faulty-participant")
class FaultyParticipant implements DrainParticipant {

	private static final Log logger = LogFactory.getLog(FaultyParticipant.class);

	private final CountDownLatch never = new CountDownLatch(1);

	private final String fault;

	FaultyParticipant(@Value("${sample.faulty-participant}") String fault) {
		this.fault = fault;
	}

	@Override
	public void drain(Deadline deadline) throws InterruptedException {
		switch (this.fault) {
			case "throws" -> throw new IllegalStateException("The queue is broken");
			case "hangs" -> this.never.await();
			case "ignores-interrupts" -> hangOn();
			case "exits" -> System.exit(3);
			default -> throw new IllegalArgumentException(this.fault);
		}
	}

	private void hangOn() {
		while (this.never.getCount() > 0) {
			try {
				this.never.await();
			}
			catch (InterruptedException ex) {
				logger.info("Interrupted, and hanging on");
			}
		}
	}

}
