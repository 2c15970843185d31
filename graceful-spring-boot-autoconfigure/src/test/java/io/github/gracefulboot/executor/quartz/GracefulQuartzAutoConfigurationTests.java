package io.github.gracefulboot.executor.quartz;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.github.gracefulboot.Background;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.executor.GracefulExecutorAutoConfiguration;
import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.TriggerBuilder;
import org.quartz.impl.matchers.GroupMatcher;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.quartz.autoconfigure.QuartzAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulQuartzAutoConfiguration}, with a real scheduler and its jobs
 * in memory.
 */
class GracefulQuartzAutoConfigurationTests {

	private final Latches latches = new Latches(new CountDownLatch(1), new CountDownLatch(1));

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withBean(Latches.class, () -> this.latches)
		.withConfiguration(
				AutoConfigurations.of(GracefulShutdownAutoConfiguration.class, GracefulExecutorAutoConfiguration.class,
						QuartzAutoConfiguration.class, GracefulQuartzAutoConfiguration.class));

	@Test
	void whenJobIsRunningThenTheDrainNamesItAndEndsWithItAndNoFurtherOneFires() {
		this.runner.run((context) -> {
			Scheduler scheduler = context.getBean(Scheduler.class);
			start(scheduler, "first");
			this.latches.running.await();
			CompletableFuture<?> drained = drain(context);
			start(scheduler, "second");
			assertThat(context.getBean(JobDrain.class).activeTasks()).singleElement().satisfies((task) -> {
				assertThat(task.description()).isEqualTo("job DEFAULT.first of quartzScheduler");
				assertThat(task.age()).isLessThan(Duration.ofMinutes(1));
				assertThat(task.thread()).isNotNull();
				assertThat(task.thread().getStackTrace())
					.anyMatch((frame) -> frame.getClassName().equals(WaitingJob.class.getName()));
			});
			assertThat(drained).isNotDone();
			this.latches.release.countDown();
			assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
			assertThat(context.getBean(JobDrain.class).activeTasks()).isEmpty();
			assertThat(scheduler.getJobKeys(GroupMatcher.anyGroup())).extracting("name").containsExactly("second");
		});
	}

	@Test
	void whenNoJobIsRunningThenTheDrainEndsSoon() {
		this.runner.run((context) -> assertThat(drain(context)).succeedsWithin(Duration.ofSeconds(5)));
	}

	@Test
	void whenSchedulerWasNotStartedThenThereIsNothingToDrain() {
		this.runner.withPropertyValues("spring.quartz.auto-startup=false")
			.run((context) -> assertThat(drain(context)).succeedsWithin(Duration.ofSeconds(5)));
	}

	@Test
	void whenImmediateThenItIsLeftToSpring() {
		this.runner.withPropertyValues("server.shutdown=immediate").run((context) -> {
			start(context.getBean(Scheduler.class), "first");
			this.latches.running.await();
			assertThat(context.getBean(JobDrain.class).activeTasks()).isEmpty();
			assertThat(drain(context)).succeedsWithin(Duration.ofSeconds(5));
			this.latches.release.countDown();
		});
	}

	@Test
	void whenSchedulerIsExcludedThenItIsLeftToSpring() {
		this.runner.withPropertyValues("graceful.executors.exclude=quartzScheduler").run((context) -> {
			assertThat(drain(context)).succeedsWithin(Duration.ofSeconds(5));
			assertThat(context.getBean(Scheduler.class).isInStandbyMode()).isFalse();
		});
	}

	@Test
	void whenQuartzIsAbsentThenIsNotConfigured() {
		this.runner.withClassLoader(new FilteredClassLoader(Scheduler.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(JobDrain.class));
	}

	@Test
	void whenDisabledThenIsNotConfigured() {
		this.runner.withPropertyValues("graceful.executors.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(JobDrain.class));
	}

	private static void start(Scheduler scheduler, String name) throws Exception {
		scheduler.scheduleJob(JobBuilder.newJob(WaitingJob.class).withIdentity(name).build(),
				TriggerBuilder.newTrigger().startNow().build());
	}

	private static CompletableFuture<?> drain(ConfigurableApplicationContext context) {
		return Background.drain(context.getBean(JobDrain.class),
				Deadline.after(System::nanoTime, Duration.ofSeconds(30)));
	}

	record Latches(CountDownLatch running, CountDownLatch release) {

	}

	static class WaitingJob implements Job {

		private final Latches latches;

		WaitingJob(Latches latches) {
			this.latches = latches;
		}

		@Override
		public void execute(JobExecutionContext context) {
			this.latches.running.countDown();
			try {
				this.latches.release.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
