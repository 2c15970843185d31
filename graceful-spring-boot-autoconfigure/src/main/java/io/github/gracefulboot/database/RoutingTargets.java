package io.github.gracefulboot.database;

import java.util.function.BiConsumer;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * The targets of a DataSource that routes by the current tenant or transaction.
 */
final class RoutingTargets {

	/**
	 * What the name of the default target adds to that of its router.
	 */
	static final String DEFAULT = ".default";

	private RoutingTargets() {
	}

	/**
	 * Performs an action for each target, the default target first, unless the router
	 * determines its targets in its own way.
	 * @param name the name of the router
	 * @param router the router
	 * @param action accepts the name of the target, such as {@code dataSource.tenant1},
	 * and the target
	 */
	static void forEach(String name, AbstractRoutingDataSource router, BiConsumer<String, DataSource> action) {
		try {
			router.getResolvedDataSources();
		}
		catch (IllegalStateException ex) {
			return;
		}
		DataSource defaultTarget = router.getResolvedDefaultDataSource();
		if (defaultTarget != null) {
			action.accept(name + DEFAULT, defaultTarget);
		}
		router.getResolvedDataSources().forEach((key, target) -> action.accept(name + "." + key, target));
	}

}
