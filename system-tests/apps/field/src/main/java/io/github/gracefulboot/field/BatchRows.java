package io.github.gracefulboot.field;

import java.util.stream.IntStream;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.listener.JobExecutionListener;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.support.ListItemReader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.task.AsyncTaskExecutor;

/**
 * Jobs of Spring Batch, in chunks of 10 ms that take a minute.
 */
class BatchRows {

	private static Job job(JobRepository repository) {
		return new JobBuilder("import", repository).listener(new JobExecutionListener() {

			@Override
			public void beforeJob(JobExecution execution) {
				Evidence.write("begun");
			}

			@Override
			public void afterJob(JobExecution execution) {
				Evidence.write(execution.getStatus().name());
			}

		})
			.start(new StepBuilder("step", repository).<Integer, Integer>chunk(1)
				.reader(new ListItemReader<>(IntStream.range(0, 6000).boxed().toList()))
				.writer((chunk) -> Thread.sleep(10))
				.build())
			.build();
	}

	@Configuration(proxyBeanMethods = false)
	@Profile("batch")
	static class Bean1 {

		@Bean
		Job importJob(JobRepository repository) {
			return job(repository);
		}

		@Bean
		Work work(AsyncTaskExecutor applicationTaskExecutor, JobOperator operator, Job importJob) {
			return () -> applicationTaskExecutor.submit(() -> operator.start(importJob, new JobParameters()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Profile("batch-thread")
	static class OfNoBean {

		@Bean
		Work work(JobOperator operator, JobRepository repository) {
			Job job = job(repository);
			return () -> new Thread(() -> {
				try {
					operator.start(job, new JobParameters());
				}
				catch (Exception ex) {
					Evidence.write(ex.toString());
				}
			}, "import").start();
		}

	}

}
