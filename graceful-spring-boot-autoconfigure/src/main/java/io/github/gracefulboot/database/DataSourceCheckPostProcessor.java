package io.github.gracefulboot.database;

import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import io.github.gracefulboot.startup.DispensableCheck;
import io.github.gracefulboot.startup.StartupChecks;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * Waits for each DataSource before any other bean uses it, since schema migrations and
 * object-relational mappers connect when they are created. For a router, it waits for the
 * targets.
 */
final class DataSourceCheckPostProcessor implements BeanPostProcessor, PriorityOrdered, AopInfrastructureBean {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Supplier<StartupChecks> checks;

	private final UnaryOperator<DataSource> unpooled;

	private final Predicate<DataSource> inMemory;

	private final Predicate<DataSource> startsWithout;

	private final Set<DataSource> seen = Collections
		.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

	/**
	 * Creates the post-processor.
	 * @param beanFactory the bean factory with the DataSources
	 * @param checks provides the checks that wait for a DataSource
	 * @param unpooled returns a DataSource that connects without the pool, or the same
	 * DataSource
	 * @param inMemory whether the database of a DataSource is in the memory of this
	 * process, which is always there
	 * @param startsWithout whether a DataSource is to start without a connection
	 */
	DataSourceCheckPostProcessor(ConfigurableListableBeanFactory beanFactory, Supplier<StartupChecks> checks,
			UnaryOperator<DataSource> unpooled, Predicate<DataSource> inMemory, Predicate<DataSource> startsWithout) {
		this.beanFactory = beanFactory;
		this.checks = checks;
		this.unpooled = unpooled;
		this.inMemory = inMemory;
		this.startsWithout = startsWithout;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		// Scoped beans exist, and are created, only within their scope
		if (bean instanceof DataSource dataSource && !(bean instanceof ScopedObject)) {
			await(beanName, unwrap(dataSource));
		}
		return bean;
	}

	/**
	 * Returns what a proxy of Spring connects with. Others may do so in another way.
	 */
	private static DataSource unwrap(DataSource dataSource) {
		boolean known = dataSource instanceof LazyConnectionDataSourceProxy
				|| dataSource instanceof TransactionAwareDataSourceProxy;
		DataSource target = known ? ((DelegatingDataSource) dataSource).getTargetDataSource() : null;
		return (target != null) ? unwrap(target) : dataSource;
	}

	private void await(String name, DataSource dataSource) {
		if (dataSource instanceof AbstractRoutingDataSource routing) {
			RoutingCheck check = new RoutingCheck(this.checks.get(), name);
			addTargets(check, name, routing);
			check.await();
		}
		else if (isToBeChecked(dataSource)) {
			this.checks.get().await(name, new BeanCheck(name, dataSource, check(name, dataSource)));
		}
	}

	private void addTargets(RoutingCheck check, String name, AbstractRoutingDataSource router) {
		RoutingTargets.forEach(name, router, (key, target) -> {
			DataSource unwrapped = unwrap(target);
			if (unwrapped instanceof AbstractRoutingDataSource inner) {
				addTargets(check, key, inner);
			}
			else if (isToBeChecked(unwrapped)) {
				check.add(key, check(key, unwrapped));
			}
			else {
				check.addAvailable();
			}
		});
	}

	private boolean isToBeChecked(DataSource dataSource) {
		return this.seen.add(dataSource) && !this.inMemory.test(dataSource);
	}

	private DataSourceCheck check(String name, DataSource dataSource) {
		return new DataSourceCheck(name, () -> this.unpooled.apply(dataSource));
	}

	/**
	 * Before post-processors that wrap the DataSource, so that checks are neither
	 * measured nor traced.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	/**
	 * The check of a DataSource that is a bean.
	 */
	private final class BeanCheck implements DispensableCheck {

		private final String name;

		private final DataSource dataSource;

		private final DataSourceCheck check;

		private BeanCheck(String name, DataSource dataSource, DataSourceCheck check) {
			this.name = name;
			this.dataSource = dataSource;
			this.check = check;
		}

		@Override
		public void check() throws SQLException {
			this.check.check();
		}

		@Override
		public String whyDispensable() {
			if (DataSourceCheckPostProcessor.this.startsWithout.test(this.dataSource)) {
				return "its pool was told to start without a connection (initialization-fail-timeout)";
			}
			return DispensableCheck.whySecondary(DataSourceCheckPostProcessor.this.beanFactory, this.name,
					DataSource.class);
		}

	}

}
