package io.github.gracefulboot.executor.quartz;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.DrainParticipant.Role;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.core.log.LogMessage;

/**
 * Drains Quartz schedulers. Jobs bring work in, and other nodes of a cluster can take
 * them over, so that they end before executors are drained.
 */
final class JobDrain implements DrainParticipant, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(JobDrain.class);

	private static final long POLL_MILLIS = 10;

	private final Supplier<Map<String, Scheduler>> schedulers;

	/**
	 * Creates the participant.
	 * @param schedulers provides the schedulers by bean name
	 */
	JobDrain(Supplier<Map<String, Scheduler>> schedulers) {
		this.schedulers = schedulers;
	}

	@Override
	public String name() {
		return "quartz jobs";
	}

	@Override
	public Role role() {
		return Role.INTAKE;
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		List<ActiveTask> tasks = new ArrayList<>();
		this.schedulers.get().forEach((name, scheduler) -> {
			for (JobExecutionContext job : runningJobs(scheduler)) {
				tasks.add(new ActiveTask("job " + job.getJobDetail().getKey() + " of " + name,
						Duration.between(job.getFireTime().toInstant(), Instant.now()), threadOf(scheduler, job)));
			}
		});
		return tasks;
	}

	@Override
	public void drain(Deadline deadline) throws InterruptedException {
		List<Scheduler> standingBy = new ArrayList<>();
		this.schedulers.get().forEach((name, scheduler) -> {
			if (standby(name, scheduler)) {
				standingBy.add(scheduler);
			}
		});
		// A trigger that was about to fire still does, so that one look is not enough
		int idleLooks = 0;
		while (!standingBy.isEmpty() && idleLooks < 2 && !deadline.hasPassed()) {
			idleLooks = isIdle(standingBy) ? idleLooks + 1 : 0;
			Thread.sleep(POLL_MILLIS);
		}
	}

	private static boolean isIdle(Collection<Scheduler> schedulers) {
		return schedulers.stream().allMatch((scheduler) -> runningJobs(scheduler).isEmpty());
	}

	private boolean standby(String name, Scheduler scheduler) {
		try {
			if (scheduler.isStarted() && !scheduler.isInStandbyMode() && !scheduler.isShutdown()) {
				scheduler.standby();
				return true;
			}
		}
		catch (SchedulerException ex) {
			logger.warn(LogMessage.format("Could not put scheduler %s on standby; continuing without it", name), ex);
		}
		return false;
	}

	private static List<JobExecutionContext> runningJobs(Scheduler scheduler) {
		try {
			return scheduler.isShutdown() ? List.of() : scheduler.getCurrentlyExecutingJobs();
		}
		catch (SchedulerException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static @Nullable Thread threadOf(Scheduler scheduler, JobExecutionContext job) {
		try {
			return (scheduler.getListenerManager().getJobListener(JobThreads.NAME) instanceof JobThreads threads)
					? threads.of(job) : null;
		}
		catch (SchedulerException ex) {
			return null;
		}
	}

}
