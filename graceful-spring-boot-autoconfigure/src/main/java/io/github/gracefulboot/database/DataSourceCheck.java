package io.github.gracefulboot.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.github.gracefulboot.StartupCheck;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Passes when a DataSource provides a valid connection, or one of a driver that cannot
 * validate it. A DataSource that is unable to connect, for example because it is
 * misconfigured or requires a tenant, is skipped, and fails when it is used.
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
				throw new SQLException("The connection is invalid");
			}
		}
		catch (AbstractMethodError | SQLFeatureNotSupportedException ex) {
			logger.info(LogMessage.format("%s is taken for available: its driver cannot validate connections (%s)",
					this.name, ex));
		}
		catch (RuntimeException ex) {
			if (isOfDatabase(ex)) {
				throw ex;
			}
			logger.info(LogMessage.format("Not waiting for %s, which cannot connect at this point: %s", this.name, ex));
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
