package io.github.gracefulboot.startup.warmup;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.WarmUp;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import io.github.gracefulboot.startup.StartupCheckFailedException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.log.LogMessage;

/**
 * Performs the warm-ups after all runners of the application and before it accepts
 * traffic.
 */
@Order(Ordered.LOWEST_PRECEDENCE)
final class WarmUpRunner implements ApplicationListener<ApplicationReadyEvent>, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(WarmUpRunner.class);

	private final ApplicationContext context;

	private final Supplier<List<Named<WarmUp>>> warmUps;

	private final Duration timeout;

	private final boolean required;

	WarmUpRunner(ApplicationContext context, Supplier<List<Named<WarmUp>>> warmUps, Duration timeout,
			boolean required) {
		this.context = context;
		this.warmUps = warmUps;
		this.timeout = timeout;
		this.required = required;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		// Events of child contexts are received, too
		if (event.getApplicationContext() != this.context) {
			return;
		}
		try {
			run();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted during the warm-up", ex);
		}
	}

	/**
	 * Performs all warm-ups.
	 * @throws InterruptedException if the start was interrupted
	 */
	void run() throws InterruptedException {
		List<Named<WarmUp>> warmUps = this.warmUps.get();
		if (warmUps.isEmpty()) {
			return;
		}
		long start = System.nanoTime();
		Deadline deadline = Deadline.after(System::nanoTime, this.timeout);
		ExecutorService executor = Executors.newSingleThreadExecutor(DaemonThreads.factory("graceful-warm-up"));
		try {
			for (Named<WarmUp> warmUp : warmUps) {
				run(warmUp, executor, deadline);
			}
		}
		finally {
			executor.shutdownNow();
		}
		logger.info(LogMessage.format("Warmed up in %s", Durations.text(Duration.ofNanos(System.nanoTime() - start))));
	}

	private void run(Named<WarmUp> warmUp, ExecutorService executor, Deadline deadline) throws InterruptedException {
		Future<?> result = executor.submit(() -> {
			warmUp.instance().warmUp();
			return null;
		});
		try {
			result.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			failed("Warm-up %s failed: %s".formatted(warmUp.name(), StartupCheckFailedException.reason(cause)), cause);
		}
		catch (TimeoutException ex) {
			result.cancel(true);
			failed("Warm-up %s timed out after %s (graceful.startup.warm-up.timeout)".formatted(warmUp.name(),
					Durations.text(this.timeout)), ex);
		}
	}

	private void failed(String what, Throwable cause) {
		if (this.required) {
			throw new IllegalStateException(what + " (graceful.startup.warm-up.required=true)", cause);
		}
		logger.warn(what + "; accepting traffic without it");
		logger.debug("Cause of the failed warm-up", cause);
	}

}
