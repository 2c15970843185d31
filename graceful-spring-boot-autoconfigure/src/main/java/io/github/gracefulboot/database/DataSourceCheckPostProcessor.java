package io.github.gracefulboot.database;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import io.github.gracefulboot.startup.StartupChecks;

import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * Waits for each DataSource before any other bean uses it, since schema migrations and
 * object-relational mappers connect when they are created. For a router, it waits for the
 * targets.
 */
final class DataSourceCheckPostProcessor implements BeanPostProcessor, PriorityOrdered {

	private final Supplier<StartupChecks> checks;

	private final UnaryOperator<DataSource> unpooled;

	private final Predicate<DataSource> inMemory;

	private final Set<DataSource> seen = Collections
		.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

	/**
	 * Creates the post-processor.
	 * @param checks provides the checks that wait for a DataSource
	 * @param unpooled returns a DataSource that connects without the pool, or the same
	 * DataSource
	 * @param inMemory whether the database of a DataSource is in the memory of this
	 * process, which is always there
	 */
	DataSourceCheckPostProcessor(Supplier<StartupChecks> checks, UnaryOperator<DataSource> unpooled,
			Predicate<DataSource> inMemory) {
		this.checks = checks;
		this.unpooled = unpooled;
		this.inMemory = inMemory;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		// Scoped beans exist, and are created, only within their scope
		if (bean instanceof DataSource dataSource && !(bean instanceof ScopedObject)) {
			await(beanName, dataSource);
		}
		return bean;
	}

	private void await(String name, DataSource dataSource) {
		if (dataSource instanceof AbstractRoutingDataSource routing) {
			RoutingTargets.forEach(name, routing, this::await);
		}
		else if (this.seen.add(dataSource) && !this.inMemory.test(dataSource)) {
			this.checks.get().await(name, new DataSourceCheck(name, () -> this.unpooled.apply(dataSource)));
		}
	}

	/**
	 * Before post-processors that wrap the DataSource, so that checks are neither
	 * measured nor traced.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
