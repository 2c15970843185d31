package io.github.gracefulboot.sample;

import java.time.Duration;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;

/**
 * Makes the start as slow as {@code sample.startup-delay} says: the port is open by then,
 * but the application is not ready before this returns.
 */
@Component
class StartupDelay implements ApplicationRunner {

	private final Duration delay;

	StartupDelay(@Value("${sample.startup-delay:0s}") Duration delay) {
		this.delay = delay;
	}

	@Override
	public void run(ApplicationArguments args) throws InterruptedException {
		Thread.sleep(this.delay.toMillis());
	}

}
