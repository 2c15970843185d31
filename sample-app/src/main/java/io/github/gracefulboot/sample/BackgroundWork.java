package io.github.gracefulboot.sample;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.stereotype.Component;

/**
 * Work that goes on after its request was answered.
 */
@Component
@EnableAsync
class BackgroundWork {

	private static final Log logger = LogFactory.getLog(BackgroundWork.class);

	@Async
	void run(Duration duration) throws InterruptedException {
		logger.info(LogMessage.format("Background work of %d ms begins", duration.toMillis()));
		Thread.sleep(duration.toMillis());
		logger.info(LogMessage.format("Background work of %d ms is done", duration.toMillis()));
	}

}
