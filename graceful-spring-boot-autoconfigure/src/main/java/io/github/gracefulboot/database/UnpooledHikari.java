package io.github.gracefulboot.database;

import java.util.List;
import java.util.function.UnaryOperator;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.DriverDataSource;

/**
 * Connects in the same way as HikariCP but without the pool, since each attempt to open
 * the pool that fails logs an error with a stack trace.
 */
final class UnpooledHikari implements UnaryOperator<DataSource> {

	private static final List<String> IN_MEMORY = List.of("jdbc:h2:mem:", "jdbc:hsqldb:mem:", "jdbc:derby:memory:");

	/**
	 * Returns whether a pool connects to a database in the memory of this process.
	 * @param dataSource a pool, or another DataSource
	 * @return whether there is no need to wait for it
	 */
	static boolean isInMemory(DataSource dataSource) {
		return dataSource instanceof HikariDataSource hikari && hikari.getJdbcUrl() != null
				&& IN_MEMORY.stream().anyMatch(hikari.getJdbcUrl()::startsWith);
	}

	/**
	 * Returns whether a pool is to start without a connection, as a negative
	 * {@code initialization-fail-timeout} says.
	 * @param dataSource a pool, or another DataSource
	 * @return whether the application starts without its database
	 */
	static boolean startsWithoutConnection(DataSource dataSource) {
		return dataSource instanceof HikariDataSource hikari && hikari.getInitializationFailTimeout() < 0;
	}

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
