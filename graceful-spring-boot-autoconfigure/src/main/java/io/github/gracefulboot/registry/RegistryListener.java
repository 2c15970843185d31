package io.github.gracefulboot.registry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.registry.Registrations.Entry;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.core.log.LogMessage;

/**
 * Registers the instance when it accepts traffic, and deregisters it when the shutdown is
 * announced, and for the time of a maintenance. A registry that does not respond delays
 * neither the shutdown nor other registries for long.
 */
final class RegistryListener implements Readiness.Listener, Announcer, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(RegistryListener.class);

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

	private static final int SHARE_OF_BUDGET = 8;

	private final Registrations registrations;

	private final Readiness readiness;

	RegistryListener(Registrations registrations, Readiness readiness) {
		this.registrations = registrations;
		this.readiness = readiness;
	}

	@Override
	public void readinessChanged(boolean accepting) {
		if (accepting) {
			this.registrations.ready();
		}
		else if (this.readiness.isInMaintenance()) {
			deregister(this.registrations.suspend(), LONGEST_WAIT);
		}
	}

	@Override
	public void announceStop(Deadline deadline) {
		deregister(this.registrations.beginDeregistration(),
				Durations.shorter(LONGEST_WAIT, deadline.remaining().dividedBy(SHARE_OF_BUDGET)));
	}

	private void deregister(List<Entry> entries, Duration wait) {
		CountDownLatch answers = new CountDownLatch(entries.size());
		for (Entry entry : entries) {
			DaemonThreads.startOrRun("graceful-registry", () -> {
				deregister(entry);
				answers.countDown();
			});
		}
		try {
			if (!answers.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
				logger.warn(LogMessage.format("A service registry did not respond within %s; continuing without it",
						Durations.text(wait)));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void deregister(Entry entry) {
		try {
			entry.registry().deregister(entry.registration());
		}
		catch (RuntimeException ex) {
			this.registrations.deregistrationFailed(entry);
			logger.warn(LogMessage.format("Could not deregister %s; %s", entry.registration().getServiceId(),
					this.readiness.isInMaintenance() ? "its clients still find it" : "Spring Cloud will try again"),
					ex);
		}
	}

}
