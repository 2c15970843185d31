package io.github.gracefulboot.executor.batch;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.batch.core.job.AbstractJob;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.listener.JobExecutionListener;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * Knows the jobs that run in this process: the repository has those of other instances as
 * well.
 */
final class RunningJobs implements BeanPostProcessor, JobExecutionListener {

	private final Map<JobExecution, Run> running = new ConcurrentHashMap<>();

	private volatile @Nullable Consumer<JobExecution> whenStarted;

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractJob job) {
			job.registerJobExecutionListener(this);
		}
		return bean;
	}

	@Override
	public void beforeJob(JobExecution execution) {
		this.running.values().removeIf(Run::isOver);
		this.running.put(execution, new Run(execution, Thread.currentThread(), System.nanoTime()));
		Consumer<JobExecution> whenStarted = this.whenStarted;
		if (whenStarted != null) {
			whenStarted.accept(execution);
		}
	}

	@Override
	public void afterJob(JobExecution execution) {
		Run run = this.running.get(execution);
		if (run != null) {
			run.ended = true;
		}
	}

	/**
	 * Sees to each job that runs now, and to each that starts later.
	 * @param action what to do with a job
	 */
	void forEach(Consumer<JobExecution> action) {
		this.whenStarted = action;
		running().stream().map(Run::execution).forEach(action);
	}

	/**
	 * Returns what runs.
	 * @return the jobs
	 */
	List<Run> running() {
		this.running.values().removeIf(Run::isOver);
		return List.copyOf(this.running.values());
	}

	/**
	 * A job that runs.
	 */
	static final class Run {

		private final JobExecution execution;

		private final Thread thread;

		private final long started;

		private volatile boolean ended;

		private Run(JobExecution execution, Thread thread, long started) {
			this.execution = execution;
			this.thread = thread;
			this.started = started;
		}

		JobExecution execution() {
			return this.execution;
		}

		Thread thread() {
			return this.thread;
		}

		long started() {
			return this.started;
		}

		/**
		 * Listeners are called before the job writes its last state to the repository.
		 */
		private boolean isOver() {
			return this.ended && Arrays.stream(this.thread.getStackTrace())
				.noneMatch((frame) -> frame.getClassName().equals(AbstractJob.class.getName()));
		}

	}

}
