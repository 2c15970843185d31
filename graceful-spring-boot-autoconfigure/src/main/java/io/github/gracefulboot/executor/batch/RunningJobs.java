package io.github.gracefulboot.executor.batch;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AbstractAdvisingBeanPostProcessor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.batch.core.job.AbstractJob;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.repository.JobRepository;

/**
 * Knows the jobs that run in this process, whether they are beans or not: each updates
 * its execution in the repository when it begins and when it has ended. The repository
 * itself has the jobs of other instances as well.
 */
final class RunningJobs extends AbstractAdvisingBeanPostProcessor implements MethodInterceptor {

	private final Map<JobExecution, Run> running = new ConcurrentHashMap<>();

	private volatile @Nullable Consumer<JobExecution> whenStarted;

	RunningJobs() {
		setProxyTargetClass(true);
		this.advisor = new DefaultPointcutAdvisor(this);
	}

	@Override
	protected boolean isEligible(Class<?> type) {
		return JobRepository.class.isAssignableFrom(type);
	}

	@Override
	public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
		@Nullable Object[] arguments = invocation.getArguments();
		if (!(arguments.length == 1 && arguments[0] instanceof JobExecution execution && isCalledByJob())) {
			return invocation.proceed();
		}
		boolean begins = execution.getEndTime() == null;
		if (begins && this.running.putIfAbsent(execution, Run.of(execution)) == null) {
			Consumer<JobExecution> whenStarted = this.whenStarted;
			Object result = invocation.proceed();
			if (whenStarted != null) {
				whenStarted.accept(execution);
			}
			return result;
		}
		try {
			return invocation.proceed();
		}
		finally {
			if (!begins) {
				this.running.remove(execution);
			}
		}
	}

	/**
	 * Others update executions to stop them, also those of other instances.
	 */
	private static boolean isCalledByJob() {
		return StackWalker.getInstance()
			.walk((frames) -> frames.anyMatch((frame) -> frame.getClassName().equals(AbstractJob.class.getName())));
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
		return List.copyOf(this.running.values());
	}

	/**
	 * A job that runs.
	 *
	 * @param execution its execution
	 * @param thread where it runs
	 * @param started when it began, by {@link System#nanoTime()}
	 */
	record Run(JobExecution execution, Thread thread, long started) {

		private static Run of(JobExecution execution) {
			return new Run(execution, Thread.currentThread(), System.nanoTime());
		}

	}

}
