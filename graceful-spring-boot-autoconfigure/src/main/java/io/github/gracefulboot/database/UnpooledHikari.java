package io.github.gracefulboot.database;

import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;

/**
 * Connects in the same way as HikariCP but without the pool, since each attempt to open
 * the pool that fails logs an error with a stack trace.
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
			// Without the cause, which looks as if the database had refused the
			// connection
			throw new IllegalStateException(ex.getMessage());
		}
	}

}
