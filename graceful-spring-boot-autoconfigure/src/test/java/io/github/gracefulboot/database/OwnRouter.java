package io.github.gracefulboot.database;

import javax.sql.DataSource;

import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/**
 * Routes to targets that Spring does not know.
 */
class OwnRouter extends AbstractRoutingDataSource {

	@Override
	public void afterPropertiesSet() {
	}

	@Override
	protected Object determineCurrentLookupKey() {
		throw new IllegalStateException("Not asked");
	}

	@Override
	protected DataSource determineTargetDataSource() {
		throw new IllegalStateException("No tenant");
	}

}
