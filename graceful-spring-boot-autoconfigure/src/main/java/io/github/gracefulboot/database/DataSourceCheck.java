package io.github.gracefulboot.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.github.gracefulboot.StartupCheck;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Passes once a DataSource gives a connection that works. One that cannot even try, such
 * as one that is set wrongly or wants to know a tenant first, is not waited for: whoever
 * uses it gets to see why.
 */
final class DataSourceCheck implements StartupCheck {

	private static final Log logger = LogFactory.getLog(DataSourceCheck.class);

	private static final int VALIDATION_TIMEOUT_SECONDS = 5;

	private final String name;

	private final Supplier<DataSource> dataSource;

	DataSourceCheck(String name, Supplier<DataSource> dataSource) {
		this.name = name;
		this.dataSource = dataSource;
	}

	@Override
	public void check() throws SQLException {
		try (Connection connection = this.dataSource.get().getConnection()) {
			if (!connection.isValid(VALIDATION_TIMEOUT_SECONDS)) {
				throw new SQLException("The connection is not valid");
			}
		}
		catch (RuntimeException ex) {
			if (isOfDatabase(ex)) {
				throw ex;
			}
			logger.info(LogMessage.format("Not waiting for %s, which cannot connect now: %s", this.name, ex));
		}
	}

	private static boolean isOfDatabase(RuntimeException failure) {
		Throwable cause = failure.getCause();
		while (cause != null && !(cause instanceof SQLException)) {
			cause = cause.getCause();
		}
		return cause != null;
	}

}
