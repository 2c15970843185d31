package io.github.gracefulboot.datasource;

import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfigMXBean;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.jdbc.DataSourceUnwrapper;

/**
 * Finds HikariCP's pools among the DataSource beans, also behind proxies, and how many
 * connections each has lent out. Looks only at beans that exist already: a stop must not
 * open a pool.
 */
final class HikariPools implements Supplier<Map<String, Integer>> {

	private final ConfigurableListableBeanFactory beanFactory;

	HikariPools(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	/**
	 * Returns the pools that have lent out connections.
	 * @return the number of borrowed connections, by the name of the pool
	 */
	@Override
	public Map<String, Integer> get() {
		Map<HikariDataSource, Boolean> seen = new IdentityHashMap<>();
		Map<String, Integer> borrowed = new LinkedHashMap<>();
		for (String name : this.beanFactory.getBeanNamesForType(DataSource.class, false, false)) {
			if (this.beanFactory.getSingleton(name) instanceof DataSource dataSource) {
				HikariDataSource hikari = DataSourceUnwrapper.unwrap(dataSource, HikariConfigMXBean.class,
						HikariDataSource.class);
				if (hikari != null && seen.put(hikari, true) == null) {
					int active = active(hikari);
					if (active > 0) {
						borrowed.put(hikari.getPoolName(), active);
					}
				}
			}
		}
		return borrowed;
	}

	private static int active(HikariDataSource dataSource) {
		HikariPoolMXBean pool = dataSource.isRunning() ? dataSource.getHikariPoolMXBean() : null;
		return (pool != null) ? pool.getActiveConnections() : 0;
	}

}
