package io.github.gracefulboot.sample.webflux;

import java.time.Duration;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Makes the end of a stop as slow as it is in applications that release a lot.
 */
@Component
class StopDelay implements DisposableBean {

	private final Duration delay;

	StopDelay(@Value("${sample.stop-delay:0s}") Duration delay) {
		this.delay = delay;
	}

	@Override
	public void destroy() throws InterruptedException {
		Thread.sleep(this.delay.toMillis());
	}

}
