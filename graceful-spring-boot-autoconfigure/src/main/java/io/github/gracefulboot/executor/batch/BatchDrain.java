package io.github.gracefulboot.executor.batch;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.launch.JobExecutionNotRunningException;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.log.LogMessage;

/**
 * Asks running jobs to stop at their next chunk when the drain begins, so that they can
 * be restarted, and waits until they have.
 */
final class BatchDrain implements DrainParticipant, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(BatchDrain.class);

	private final RunningJobs jobs;

	private final ObjectProvider<JobOperator> operators;

	private final boolean waits;

	BatchDrain(RunningJobs jobs, ObjectProvider<JobOperator> operators, boolean waits) {
		this.jobs = jobs;
		this.operators = operators;
		this.waits = waits;
	}

	@Override
	public String name() {
		return "batch jobs";
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		return this.waits ? this.jobs.running().stream().map(BatchDrain::toTask).toList() : List.of();
	}

	private static ActiveTask toTask(RunningJobs.Run run) {
		JobExecution execution = run.execution();
		return new ActiveTask(
				"batch job %s (execution %d)".formatted(execution.getJobInstance().getJobName(), execution.getId()),
				Duration.ofNanos(System.nanoTime() - run.started()), run.thread());
	}

	@Override
	public void drain(Deadline deadline) throws InterruptedException {
		if (this.waits) {
			this.jobs.forEach(this::stop);
			deadline.await(() -> this.jobs.running().isEmpty());
		}
	}

	private void stop(JobExecution execution) {
		JobOperator operator = this.operators.stream().findFirst().orElse(null);
		if (operator == null) {
			logger.warn(LogMessage.format("No JobOperator to stop %s, waiting for its end", execution));
			return;
		}
		try {
			operator.stop(execution);
			// Which does so only if the job is known by its name, and else tells the
			// repository
			execution.getStepExecutions().forEach(StepExecution::setTerminateOnly);
		}
		catch (JobExecutionNotRunningException ex) {
			logger.debug(LogMessage.format("%s has ended already", execution));
		}
		catch (RuntimeException ex) {
			logger.warn(LogMessage.format("Could not stop %s, waiting for its end", execution), ex);
		}
	}

}
