package io.github.gracefulboot.database;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.github.gracefulboot.shutdown.ExistingBeans;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.PoolMetrics;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Wrapped;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Provides the number of borrowed connections of each pool among the ConnectionFactory
 * beans, including wrapped ones. Considers only existing beans.
 */
final class R2dbcPools implements Supplier<Map<String, Integer>> {

	private final ExistingBeans beans;

	R2dbcPools(ConfigurableListableBeanFactory beanFactory) {
		this.beans = new ExistingBeans(beanFactory);
	}

	/**
	 * Returns the pools with borrowed connections.
	 * @return the number of borrowed connections by bean name
	 */
	@Override
	public Map<String, Integer> get() {
		Set<ConnectionPool> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Map<String, Integer> borrowed = new LinkedHashMap<>();
		this.beans.ofType(ConnectionFactory.class).forEach((name, connectionFactory) -> {
			if (unwrap(connectionFactory) instanceof ConnectionPool pool && seen.add(pool)) {
				int acquired = pool.getMetrics().map(PoolMetrics::acquiredSize).orElse(0);
				if (acquired > 0) {
					borrowed.put(name, acquired);
				}
			}
		});
		return borrowed;
	}

	private static @Nullable Object unwrap(@Nullable Object connectionFactory) {
		return (connectionFactory instanceof Wrapped<?> wrapped && !(connectionFactory instanceof ConnectionPool))
				? unwrap(wrapped.unwrap()) : connectionFactory;
	}

}
