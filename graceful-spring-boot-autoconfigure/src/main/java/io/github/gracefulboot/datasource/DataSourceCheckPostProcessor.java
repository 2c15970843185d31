package io.github.gracefulboot.datasource;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.github.gracefulboot.startup.StartupChecks;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * Waits for each DataSource before any other bean uses it, since schema migrations and
 * object-relational mappers connect as they are created. One that routes to others by the
 * current tenant or transaction is waited for by its targets.
 */
final class DataSourceCheckPostProcessor implements BeanPostProcessor, Ordered {

	private final Supplier<StartupChecks> checks;

	DataSourceCheckPostProcessor(Supplier<StartupChecks> checks) {
		this.checks = checks;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractRoutingDataSource routing) {
			int number = 0;
			for (DataSource target : targets(routing)) {
				number++;
				this.checks.get().await(new DataSourceCheck(beanName + "-" + number, target));
			}
		}
		else if (bean instanceof DataSource dataSource) {
			this.checks.get().await(new DataSourceCheck(beanName, dataSource));
		}
		return bean;
	}

	private static Collection<DataSource> targets(AbstractRoutingDataSource routing) {
		Set<DataSource> targets = new LinkedHashSet<>(routing.getResolvedDataSources().values());
		DataSource defaultTarget = routing.getResolvedDefaultDataSource();
		if (defaultTarget != null) {
			targets.add(defaultTarget);
		}
		return targets;
	}

	/**
	 * After those that wrap it.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
