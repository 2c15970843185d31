package io.github.gracefulboot.database;

import java.util.function.BiConsumer;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * The DataSources that one of them routes to, by the current tenant or transaction.
 */
final class RoutingTargets {

	private RoutingTargets() {
	}

	/**
	 * Passes on each target, unless the router finds its targets in a way of its own.
	 * @param name the router's name
	 * @param router the router
	 * @param action is given the name of the target, such as {@code dataSource.tenant1},
	 * and the target
	 */
	static void forEach(String name, AbstractRoutingDataSource router, BiConsumer<String, DataSource> action) {
		try {
			router.getResolvedDataSources();
		}
		catch (IllegalStateException ex) {
			return;
		}
		router.getResolvedDataSources().forEach((key, target) -> action.accept(name + "." + key, target));
		DataSource defaultTarget = router.getResolvedDefaultDataSource();
		if (defaultTarget != null) {
			action.accept(name + ".default", defaultTarget);
		}
	}

}
