package io.github.gracefulboot.shutdown;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PausesOnClose}. None of the pauses is made.
 */
class PausesOnCloseTests {

	@ParameterizedTest
	@ValueSource(classes = { Annotated.class, OfAnyEvent.class, Listening.class, ListeningAsItsParent.class,
			Stopping.class, StoppingWithCallback.class })
	void whoPausesIsFound(Class<?> type) {
		assertThat(find(type)).hasSize(1).allMatch((method) -> method.startsWith(type.getName()));
	}

	@Test
	void whoPausesInALambdaIsFound() {
		assertThat(find(Lambda.class)).hasSize(1).allMatch((method) -> method.startsWith(Lambda.class.getName()));
	}

	@ParameterizedTest
	@ValueSource(classes = { OfAnotherEvent.class, WaitingForTheEnd.class, CallingInALoop.class, StoppingLater.class,
			NotPausing.class })
	void whoDoesNotIsNot(Class<?> type) {
		assertThat(find(type)).isEmpty();
	}

	private static Iterable<String> find(Class<?> type) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(type)) {
			return PausesOnClose.find(context, context.getBeanFactory());
		}
	}

	private static boolean isLeaving() {
		return Thread.currentThread().getName().equals("leaving");
	}

	static class Annotated {

		@EventListener(ContextClosedEvent.class)
		void onClose() throws InterruptedException {
			if (isLeaving()) {
				Thread.sleep(1);
			}
		}

	}

	static class OfAnyEvent {

		@EventListener
		void on(Object event) throws InterruptedException {
			if (isLeaving()) {
				TimeUnit.MILLISECONDS.sleep(1);
			}
		}

	}

	static class OfAnotherEvent {

		@EventListener
		void on(ContextRefreshedEvent event) throws InterruptedException {
			if (isLeaving()) {
				Thread.sleep(1);
			}
		}

	}

	static class WaitingForTheEnd {

		@EventListener
		void on(ContextClosedEvent event) throws InterruptedException {
			while (isLeaving()) {
				Thread.sleep(1);
			}
		}

	}

	static class CallingInALoop {

		private final BooleanSupplier busy = PausesOnCloseTests::isLeaving;

		@EventListener
		void on(ContextClosedEvent event) {
			while (this.busy.getAsBoolean()) {
				Pause.make();
			}
		}

	}

	static class NotPausing {

		@EventListener
		void on(ContextClosedEvent event) throws InterruptedException {
			Thread.currentThread().join(isLeaving() ? 1 : 2);
		}

	}

	static class Listening implements ApplicationListener<ContextClosedEvent> {

		@Override
		public void onApplicationEvent(ContextClosedEvent event) {
			Pause.make();
		}

	}

	static class ListeningAsItsParent extends Listening {

	}

	static class Stopping implements SmartLifecycle {

		private volatile boolean running;

		@Override
		public void start() {
			this.running = true;
		}

		@Override
		public void stop() {
			this.running = false;
			Pause.make();
		}

		@Override
		public boolean isRunning() {
			return this.running;
		}

	}

	static class StoppingWithCallback extends Stopping {

		@Override
		public void stop(Runnable callback) {
			stop();
			callback.run();
		}

	}

	static class StoppingLater extends Stopping {

		@Override
		public int getPhase() {
			return 0;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Lambda {

		@Bean
		ApplicationListener<ContextClosedEvent> listener() {
			return (event) -> Pause.make();
		}

	}

	private static final class Pause {

		private static void make() {
			if (isLeaving()) {
				LockSupport.parkNanos(1);
			}
		}

	}

}
