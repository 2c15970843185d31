package io.github.gracefulboot.shutdown;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DestructionWatch}, with beans that are destroyed while a thread works.
 */
class DestructionWatchTests {

	private static final long WORK_MILLIS = 300;

	private final DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();

	private final CountDownLatch begins = new CountDownLatch(1);

	private final AtomicBoolean connected = new AtomicBoolean(true);

	private final Thread work = new Thread(this::work);

	private void work() {
		try {
			this.begins.await();
			TimeUnit.MILLISECONDS.sleep(WORK_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Test
	void whenABeanWaitsForTheWorkThenItWasFinished() {
		assertThat(destroy(this::awaitWork)).containsExactly(this.work.getId());
	}

	@Test
	void whenConnectionsAreClosedBeneathTheWorkThenItWasNot() {
		assertThat(destroy(() -> {
			this.connected.set(false);
			awaitWork();
		})).isEmpty();
	}

	@Test
	void whenABeanGoesOnLongAfterTheWorkThenItDidNotWaitForIt() {
		assertThat(destroy(() -> {
			awaitWork();
			TimeUnit.SECONDS.sleep(2);
		})).isEmpty();
	}

	@Test
	void whenTheWorkEndsWithoutABeanThatWaitsThenItWasNot() throws Exception {
		DestructionWatch watch = watch();
		this.begins.countDown();
		this.work.join();
		assertThat(watch.finished()).isEmpty();
	}

	private Set<Long> destroy(Destruction destruction) {
		RootBeanDefinition definition = new RootBeanDefinition(Scheduler.class, () -> new Scheduler(destruction));
		this.beanFactory.registerBeanDefinition("scheduler", definition);
		this.beanFactory.preInstantiateSingletons();
		DestructionWatch watch = watch();
		this.beanFactory.destroySingletons();
		return watch.finished();
	}

	private DestructionWatch watch() {
		this.work.start();
		DestructionWatch watch = new DestructionWatch(Thread.currentThread(), Set.of(this.work.getId()),
				() -> this.work.isAlive() ? Set.of(this.work.getId()) : Set.of(), () -> this.connected::get);
		watch.start();
		return watch;
	}

	private void awaitWork() throws InterruptedException {
		this.begins.countDown();
		this.work.join();
	}

	private record Scheduler(Destruction destruction) implements DisposableBean {

		@Override
		public void destroy() throws Exception {
			this.destruction.run();
		}

	}

	@FunctionalInterface
	private interface Destruction {

		void run() throws Exception;

	}

}
