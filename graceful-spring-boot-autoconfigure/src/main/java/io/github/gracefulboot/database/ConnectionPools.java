package io.github.gracefulboot.database;

import java.sql.SQLException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.github.gracefulboot.shutdown.ExistingBeans;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadata;
import org.springframework.boot.jdbc.metadata.DataSourcePoolMetadataProvider;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * Provides the number of borrowed connections of each pool among the DataSource beans,
 * including those behind proxies and routers. Considers only existing beans, since a
 * shutdown must not open a pool.
 */
final class ConnectionPools implements Supplier<Map<String, Integer>> {

	/**
	 * Limits unwrapping of a DataSource that returns a new wrapper each time.
	 */
	private static final int DEEPEST_NESTING = 16;

	private final ExistingBeans beans;

	private final DataSourcePoolMetadataProvider metadata;

	/**
	 * Creates the pools.
	 * @param beanFactory the bean factory with the DataSources
	 * @param metadata the metadata of the pools that Spring Boot or the application
	 * supports
	 */
	ConnectionPools(ConfigurableListableBeanFactory beanFactory, DataSourcePoolMetadataProvider metadata) {
		this.beans = new ExistingBeans(beanFactory);
		this.metadata = metadata;
	}

	/**
	 * Returns the pools with borrowed connections.
	 * @return the number of borrowed connections by bean name
	 */
	@Override
	public Map<String, Integer> get() {
		Set<DataSource> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Map<String, Integer> borrowed = new LinkedHashMap<>();
		this.beans.ofType(DataSource.class).forEach((name, dataSource) -> collect(name, dataSource, seen, borrowed));
		return borrowed;
	}

	private void collect(String name, DataSource dataSource, Set<DataSource> seen, Map<String, Integer> borrowed) {
		DataSource pool = unwrap(dataSource);
		if (!seen.add(pool)) {
			return;
		}
		if (pool instanceof AbstractRoutingDataSource routing) {
			RoutingTargets.forEach(name, routing, (key, target) -> collect(key, target, seen, borrowed));
			return;
		}
		DataSourcePoolMetadata metadata = this.metadata.getDataSourcePoolMetadata(pool);
		Integer active = (metadata != null) ? metadata.getActive() : null;
		if (active != null && active > 0) {
			borrowed.put(name, active);
		}
	}

	private static DataSource unwrap(DataSource dataSource) {
		DataSource unwrapped = dataSource;
		for (int depth = 0; depth < DEEPEST_NESTING && target(unwrapped) != unwrapped; depth++) {
			unwrapped = target(unwrapped);
		}
		return unwrapped;
	}

	/**
	 * Returns the target of a scoped proxy. In the refresh scope it always exists, in the
	 * request scope it may not.
	 */
	private static DataSource targetOf(ScopedObject scoped, DataSource proxy) {
		try {
			return (scoped.getTargetObject() instanceof DataSource target) ? target : proxy;
		}
		catch (BeansException | IllegalStateException ex) {
			return proxy;
		}
	}

	private static DataSource target(DataSource dataSource) {
		if (dataSource instanceof ScopedObject scoped) {
			return targetOf(scoped, dataSource);
		}
		if (AopUtils.isAopProxy(dataSource)) {
			return (AopProxyUtils.getSingletonTarget(dataSource) instanceof DataSource target) ? target : dataSource;
		}
		if (dataSource instanceof DelegatingDataSource delegating) {
			return (delegating.getTargetDataSource() != null) ? delegating.getTargetDataSource() : dataSource;
		}
		if (dataSource instanceof AbstractRoutingDataSource) {
			// Would route to the DataSource of a tenant, which is unknown here
			return dataSource;
		}
		try {
			return dataSource.isWrapperFor(DataSource.class) ? dataSource.unwrap(DataSource.class) : dataSource;
		}
		catch (SQLException | RuntimeException ex) {
			return dataSource;
		}
	}

}
