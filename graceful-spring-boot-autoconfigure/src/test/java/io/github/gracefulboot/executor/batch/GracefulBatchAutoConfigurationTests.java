package io.github.gracefulboot.executor.batch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import io.github.gracefulboot.executor.GracefulExecutorAutoConfiguration;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.support.ListItemReader;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.batch.autoconfigure.BatchAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulBatchAutoConfiguration}.
 */
class GracefulBatchAutoConfigurationTests {

	private final ExecutorService launcher = Executors.newSingleThreadExecutor();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(BatchAutoConfiguration.class, GracefulShutdownAutoConfiguration.class,
				GracefulExecutorAutoConfiguration.class, GracefulBatchAutoConfiguration.class))
		.withPropertyValues("graceful.shutdown.timeout=60s", "spring.batch.job.enabled=false");

	@AfterEach
	void shutDown() {
		this.launcher.shutdownNow();
	}

	@ParameterizedTest
	@ValueSource(strings = { "chunks", "tasklet" })
	void whenAJobRunsThenItStopsAtItsNextChunkAndCanBeRestarted(String name) {
		this.runner.withUserConfiguration(Jobs.class).run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			Started started = context.getBean(Started.class);
			CompletableFuture<JobExecution> execution = launch(context.getSourceApplicationContext(), name);
			started.latch.await();
			assertThat(shutdown.getActiveTasks()).singleElement().asString().startsWith("batch job " + name);
			context.close();
			assertThat(execution).isCompletedWithValueMatching((job) -> job.getStatus() == BatchStatus.STOPPED);
			assertThat(shutdown.finish().cutOff()).isEmpty();
		});
	}

	@Test
	void whenTheJobIsNoBeanThenItStopsAtItsNextChunk() {
		this.runner.withUserConfiguration(Jobs.class).run((context) -> {
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			Started started = context.getBean(Started.class);
			ShutdownSequence shutdown = context.getBean(ShutdownSequence.class);
			Job job = Jobs.chunks("unknown", context.getBean(JobRepository.class), started);
			CompletableFuture<JobExecution> execution = launch(context.getSourceApplicationContext(), job);
			started.latch.await();
			context.close();
			assertThat(execution).isCompletedWithValueMatching((ended) -> ended.getStatus() == BatchStatus.STOPPED);
			assertThat(shutdown.finish().cutOff()).isEmpty();
		});
	}

	@Test
	void whenAJobHasEndedThenNothingIsInHand() {
		this.runner.withUserConfiguration(Jobs.class).run((context) -> {
			assertThat(launch(context.getSourceApplicationContext(), "brief").join().getStatus())
				.isEqualTo(BatchStatus.COMPLETED);
			assertThat(context.getBean(ShutdownSequence.class).getActiveTasks()).isEmpty();
		});
	}

	@Test
	void whenSpringBatchIsAbsentThenThereIsNothing() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(GracefulShutdownAutoConfiguration.class,
					GracefulBatchAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("org.springframework.batch"))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(BatchDrain.class));
	}

	private CompletableFuture<JobExecution> launch(ConfigurableApplicationContext context, String job) {
		return launch(context, context.getBean(job, Job.class));
	}

	private CompletableFuture<JobExecution> launch(ConfigurableApplicationContext context, Job job) {
		JobOperator operator = context.getBean(JobOperator.class);
		return CompletableFuture.supplyAsync(() -> {
			try {
				return operator.start(job, new JobParameters());
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		}, this.launcher);
	}

	static class Started {

		private final CountDownLatch latch = new CountDownLatch(1);

		void now() {
			this.latch.countDown();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Jobs {

		@Bean
		Started started() {
			return new Started();
		}

		@Bean
		Job chunks(JobRepository repository, Started started) {
			return chunks("chunks", repository, started);
		}

		private static Job chunks(String name, JobRepository repository, Started started) {
			Step step = new StepBuilder("step", repository).<Integer, Integer>chunk(1)
				.reader(new ListItemReader<>(IntStream.range(0, 6000).boxed().toList()))
				.writer((chunk) -> {
					started.now();
					Thread.sleep(10);
				})
				.build();
			return new JobBuilder(name, repository).start(step).build();
		}

		@Bean
		Job tasklet(JobRepository repository, Started started) {
			Step step = new StepBuilder("step", repository).tasklet((contribution, chunk) -> {
				started.now();
				Thread.sleep(10);
				return RepeatStatus.CONTINUABLE;
			}).build();
			return new JobBuilder("tasklet", repository).start(step).build();
		}

		@Bean
		Job brief(JobRepository repository) {
			Step step = new StepBuilder("step", repository).tasklet((contribution, chunk) -> RepeatStatus.FINISHED)
				.build();
			return new JobBuilder("brief", repository).start(step).build();
		}

	}

}
