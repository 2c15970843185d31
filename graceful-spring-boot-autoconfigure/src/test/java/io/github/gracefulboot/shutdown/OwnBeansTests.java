package io.github.gracefulboot.shutdown;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import io.github.gracefulboot.Announcer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.Lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OwnBeans}.
 */
@ExtendWith(OutputCaptureExtension.class)
class OwnBeansTests {

	private final DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();

	private final OwnBeans beans = new OwnBeans(this.beanFactory);

	@Test
	void whenABeanCannotBeCreatedThenTheOthersDoWithoutIt(CapturedOutput output) {
		this.beanFactory.registerSingleton("first", (Announcer) (deadline) -> {
		});
		register("broken", Announcer.class, () -> {
			throw new IllegalStateException("no queue");
		});
		this.beanFactory.registerSingleton("last", (Announcer) (deadline) -> {
		});
		List<String> missing = new ArrayList<>();
		assertThat(this.beans.orderedIfPossible(Announcer.class, missing::add)).extracting(OwnBeans.Named::name)
			.containsExactly("first", "last");
		assertThat(missing).containsExactly("broken");
		assertThatExceptionOfType(BeanCreationException.class).isThrownBy(() -> this.beans.ordered(Announcer.class));
		assertThat(output).containsOnlyOnce("Bean 'broken' cannot be created, continuing without it")
			.contains("no queue");
	}

	@Test
	void whenAPoolIsClosedThenNotAllAreOpen() {
		SampleConnectionPool pool = new SampleConnectionPool(true);
		register("unused", SampleConnectionPool.class, () -> new SampleConnectionPool(false));
		register("pool", SampleConnectionPool.class, () -> pool);
		this.beanFactory.preInstantiateSingletons();
		BooleanSupplier connections = this.beans.connections();
		assertThat(connections.getAsBoolean()).isTrue();
		pool.stop();
		assertThat(connections.getAsBoolean()).isFalse();
	}

	@Test
	void whenAPoolIsMadeByAFactoryThenItIsAsked() {
		SamplePoolFactory factory = new SamplePoolFactory();
		register("pool", SamplePoolFactory.class, () -> factory);
		this.beanFactory.preInstantiateSingletons();
		BooleanSupplier connections = this.beans.connections();
		assertThat(connections.getAsBoolean()).isTrue();
		factory.pool.stop();
		assertThat(connections.getAsBoolean()).isFalse();
	}

	private <T> void register(String name, Class<T> type, Supplier<T> supplier) {
		this.beanFactory.registerBeanDefinition(name, new RootBeanDefinition(type, supplier));
	}

	static class SampleConnectionPool implements Lifecycle {

		private volatile boolean running;

		SampleConnectionPool(boolean running) {
			this.running = running;
		}

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

	}

	static class SamplePoolFactory implements FactoryBean<SampleConnectionPool> {

		private final SampleConnectionPool pool = new SampleConnectionPool(true);

		@Override
		public SampleConnectionPool getObject() {
			return this.pool;
		}

		@Override
		public Class<?> getObjectType() {
			return SampleConnectionPool.class;
		}

	}

}
