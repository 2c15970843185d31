package io.github.gracefulboot.database;

import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;

/**
 * Connects as HikariCP would, without the pool: opening the pool in vain writes an error
 * with a stack trace to the log for each attempt.
 */
final class UnpooledHikari implements UnaryOperator<DataSource> {

	@Override
	public DataSource apply(DataSource dataSource) {
		return (dataSource instanceof HikariDataSource hikari && isOpenedByUrl(hikari)) ? driver(hikari) : dataSource;
	}

	private static boolean isOpenedByUrl(HikariDataSource pool) {
		return !pool.isRunning() && pool.getJdbcUrl() != null && pool.getDataSource() == null
				&& pool.getDataSourceClassName() == null && pool.getCredentialsProvider() == null
				&& pool.getCredentialsProviderClassName() == null;
	}

	private static DataSource driver(HikariDataSource pool) {
		try {
			return new DriverDataSource(pool.getJdbcUrl(), pool.getDriverClassName(), pool.getDataSourceProperties(),
					pool.getUsername(), pool.getPassword());
		}
		catch (RuntimeException ex) {
			// Without its cause, which looks as if a database had refused the connection
			throw new IllegalStateException(ex.getMessage());
		}
	}

}
