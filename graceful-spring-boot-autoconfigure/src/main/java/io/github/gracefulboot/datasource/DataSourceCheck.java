package io.github.gracefulboot.datasource;

import java.sql.Connection;
import java.sql.SQLException;

import javax.sql.DataSource;

import io.github.gracefulboot.startup.StartupCheck;

/**
 * Passes once a DataSource gives a connection that works.
 */
final class DataSourceCheck implements StartupCheck {

	private static final int VALIDATION_TIMEOUT_SECONDS = 5;

	private final String name;

	private final DataSource dataSource;

	DataSourceCheck(String name, DataSource dataSource) {
		this.name = name;
		this.dataSource = dataSource;
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public void check() throws SQLException {
		try (Connection connection = this.dataSource.getConnection()) {
			if (!connection.isValid(VALIDATION_TIMEOUT_SECONDS)) {
				throw new SQLException("The connection is not valid");
			}
		}
	}

}
