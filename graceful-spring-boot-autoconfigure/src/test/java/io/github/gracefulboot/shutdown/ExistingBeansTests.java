package io.github.gracefulboot.shutdown;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ExistingBeans}.
 */
class ExistingBeansTests {

	@Test
	void whenNobodyHasAskedForTheProductOfAFactoryThenItIsNotMade() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean("workers", Factory.class);
			context.refresh();
			ExistingBeans beans = new ExistingBeans(context.getBeanFactory());
			Factory factory = context.getBean(Factory.class);
			assertThat(beans.ofType(Executor.class)).isEmpty();
			assertThat(factory.made).hasValue(0);
			Object product = context.getBean("workers");
			assertThat(beans.ofType(Executor.class)).containsOnlyKeys("workers").containsValue((Executor) product);
			assertThat(factory.made).hasValue(1);
		}
	}

	@Test
	void whenABeanIsLazyThenItIsNotCreated() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean("workers", Executor.class, () -> Runnable::run,
					(definition) -> definition.setLazyInit(true));
			context.refresh();
			ExistingBeans beans = new ExistingBeans(context.getBeanFactory());
			assertThat(beans.ofType(Executor.class)).isEmpty();
			context.getBean("workers");
			assertThat(beans.ofType(Executor.class)).containsOnlyKeys("workers");
		}
	}

	private static final class Factory implements FactoryBean<Executor> {

		private final AtomicInteger made = new AtomicInteger();

		@Override
		public Executor getObject() {
			this.made.incrementAndGet();
			return Runnable::run;
		}

		@Override
		public Class<?> getObjectType() {
			return Executor.class;
		}

	}

}
