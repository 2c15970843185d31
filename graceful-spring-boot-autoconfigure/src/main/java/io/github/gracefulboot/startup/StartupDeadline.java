package io.github.gracefulboot.startup;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.log.LogMessage;

/**
 * Logs the stack of the starting thread if the start takes too long, but not while it
 * waits for a {@link StartupCheck}, which has a timeout of its own. A runner that does
 * not return is named earlier, since the start may look as if it were over. It does not
 * end the start: the supervisor decides whether to restart the process. As a
 * post-processor it exists before the beans that may hang.
 */
final class StartupDeadline implements BeanFactoryPostProcessor, ApplicationListener<ApplicationStartedEvent>,
		Readiness.Listener, DisposableBean, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(StartupDeadline.class);

	private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

	private static final String RUNS_RUNNERS = SpringApplication.class.getName();

	private static final List<String> NOT_OF_THE_APPLICATION = List.of("java.", "jdk.", "org.springframework.");

	private final Duration timeout;

	private final Duration runners;

	private final StartupChecks checks;

	private final Thread starter = Thread.currentThread();

	private volatile @Nullable ConfigurableListableBeanFactory beanFactory;

	private final CountDownLatch over = new CountDownLatch(1);

	/**
	 * Creates the deadline for a start on the current thread.
	 * @param timeout how long the start may take
	 * @param runners how long runners may take before the one that runs is named
	 * @param checks the checks that the start may be waiting for
	 */
	StartupDeadline(Duration timeout, Duration runners, StartupChecks checks) {
		this.timeout = timeout;
		this.runners = runners;
		this.checks = checks;
		try {
			DaemonThreads.start("graceful-start-deadline", this::watch);
		}
		catch (OutOfMemoryError ex) {
			logger.warn("No thread left to watch the start: graceful.startup.timeout has no effect", ex);
		}
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Called when runners are about to be called.
	 */
	@Override
	public void onApplicationEvent(ApplicationStartedEvent event) {
		if (event.getApplicationContext().getBeanFactory() == this.beanFactory) {
			DaemonThreads.startIfPossible("graceful-runners", this::watchRunners);
		}
	}

	private void watchRunners() {
		try {
			if (!this.over.await(this.runners.toNanos(), TimeUnit.NANOSECONDS)) {
				logger.warn(LogMessage.format(
						"%s has been running for %s: the application is not ready, and supervisors are not told "
								+ "that it is, until all runners have returned",
						runner(this.starter.getStackTrace()), Durations.text(this.runners)));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Returns the method of the application that the start has called.
	 * @param stack the stack of the starting thread
	 * @return the outermost method of the application within Spring Boot's call
	 */
	static String runner(StackTraceElement[] stack) {
		List<StackTraceElement> outermostFirst = Arrays.asList(stack.clone());
		Collections.reverse(outermostFirst);
		return outermostFirst.stream()
			.dropWhile((frame) -> !frame.getClassName().startsWith(RUNS_RUNNERS))
			.filter((frame) -> frame.getLineNumber() > 0)
			.filter((frame) -> NOT_OF_THE_APPLICATION.stream().noneMatch(frame.getClassName()::startsWith))
			.findFirst()
			.map((frame) -> "Runner %s.%s(%s:%d)".formatted(frame.getClassName(), frame.getMethodName(),
					frame.getFileName(), frame.getLineNumber()))
			.orElse("A CommandLineRunner or ApplicationRunner");
	}

	private void watch() {
		try {
			boolean over = this.over.await(this.timeout.toNanos(), TimeUnit.NANOSECONDS);
			while (!over && this.checks.isWaiting()) {
				over = this.over.await(BETWEEN_LOOKS.toNanos(), TimeUnit.NANOSECONDS);
			}
			// On a busy machine it may have ended since
			if (this.over.getCount() > 0) {
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
