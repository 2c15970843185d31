package io.github.gracefulboot.startup;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.log.LogMessage;

/**
 * Logs the stack of the starting thread if the start takes too long, but not while it
 * waits for a {@link StartupCheck}, which has a timeout of its own. It does not end the
 * start: the supervisor decides whether to restart the process. As a post-processor it
 * exists before the beans that may hang.
 */
final class StartupDeadline implements BeanFactoryPostProcessor, Readiness.Listener, DisposableBean {

	private static final Log logger = LogFactory.getLog(StartupDeadline.class);

	private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

	private final Duration timeout;

	private final StartupChecks checks;

	private final Thread starter = Thread.currentThread();

	private final CountDownLatch over = new CountDownLatch(1);

	/**
	 * Creates the deadline for a start on the current thread.
	 * @param timeout how long the start may take
	 * @param checks the checks that the start may be waiting for
	 */
	StartupDeadline(Duration timeout, StartupChecks checks) {
		this.timeout = timeout;
		this.checks = checks;
		DaemonThreads.start("graceful-start-deadline", this::watch);
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		// Has only to be there
	}

	private void watch() {
		try {
			boolean over = this.over.await(this.timeout.toNanos(), TimeUnit.NANOSECONDS);
			while (!over && this.checks.isWaiting()) {
				over = this.over.await(BETWEEN_LOOKS.toNanos(), TimeUnit.NANOSECONDS);
			}
			if (!over) {
				logger.warn(LogMessage.format("Not ready after %s (graceful.startup.timeout). Thread %s:%n%s",
						Durations.text(this.timeout), this.starter.getName(),
						Arrays.stream(this.starter.getStackTrace())
							.map((frame) -> "\tat " + frame)
							.collect(Collectors.joining(System.lineSeparator()))));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void readinessChanged(boolean accepting) {
		if (accepting) {
			this.over.countDown();
		}
	}

	@Override
	public void destroy() {
		this.over.countDown();
	}

}
