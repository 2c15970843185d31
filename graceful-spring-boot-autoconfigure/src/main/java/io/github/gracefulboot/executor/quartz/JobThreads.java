package io.github.gracefulboot.executor.quartz;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.quartz.JobExecutionContext;
import org.quartz.JobExecutionException;
import org.quartz.JobListener;

/**
 * Tracks the threads of running jobs, on which Quartz calls this listener.
 */
final class JobThreads implements JobListener {

	static final String NAME = "gracefulJobThreads";

	private final Map<String, Thread> threads = new ConcurrentHashMap<>();

	@Override
	public String getName() {
		return NAME;
	}

	@Override
	public void jobToBeExecuted(JobExecutionContext job) {
		this.threads.put(job.getFireInstanceId(), Thread.currentThread());
	}

	@Override
	public void jobExecutionVetoed(JobExecutionContext job) {
		this.threads.remove(job.getFireInstanceId());
	}

	@Override
	public void jobWasExecuted(JobExecutionContext job, @Nullable JobExecutionException ex) {
		this.threads.remove(job.getFireInstanceId());
	}

	@Nullable Thread of(JobExecutionContext job) {
		return this.threads.get(job.getFireInstanceId());
	}

}
