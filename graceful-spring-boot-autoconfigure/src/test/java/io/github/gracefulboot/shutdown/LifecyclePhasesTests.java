package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.Deadline;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LifecyclePhases}.
 */
class LifecyclePhasesTests {

	private final DefaultLifecycleProcessor processor = new DefaultLifecycleProcessor();

	@Test
	void whenAPhaseMayTakeLongerThanTheBudgetThenItIsLimited() {
		this.processor.setTimeoutPerShutdownPhase(30_000);
		assertThat(timeoutIn(Duration.ofSeconds(10))).isBetween(9_000L, 10_001L);
	}

	@Test
	void whenTheApplicationGivesPhasesLessThenItIsLeftAtThat() {
		this.processor.setTimeoutPerShutdownPhase(2_000);
		assertThat(timeoutIn(Duration.ofSeconds(10))).isNull();
	}

	@Test
	void whenTheApplicationGivesThePhaseLessThenItIsLeftAtThat() {
		this.processor.setTimeoutPerShutdownPhase(30_000);
		this.processor.setTimeoutForShutdownPhase(5, 3_000);
		assertThat(timeoutIn(Duration.ofSeconds(10))).isEqualTo(3_000);
		this.processor.setTimeoutForShutdownPhase(5, 20_000);
		assertThat(timeoutIn(Duration.ofSeconds(10))).isBetween(9_000L, 10_001L);
	}

	@SuppressWarnings("unchecked")
	private @Nullable Long timeoutIn(Duration budget) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME,
					DefaultLifecycleProcessor.class, () -> this.processor);
			context.registerBean("worker", Worker.class, Worker::new);
			context.refresh();
			Deadline deadline = Deadline.after(System::nanoTime, budget);
			new LifecyclePhases(context.getBeanFactory(), Duration.ofSeconds(30), List::of).fitInto(deadline, deadline);
			Map<Integer, Long> timeouts = (Map<Integer, Long>) ReflectionTestUtils.getField(this.processor,
					"timeoutsForShutdownPhases");
			return timeouts.get(5);
		}
	}

	private static final class Worker implements SmartLifecycle {

		private boolean running;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

		@Override
		public int getPhase() {
			return 5;
		}

	}

}
