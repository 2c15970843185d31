package io.github.gracefulboot.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.github.gracefulboot.StartupCheck;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;
import org.springframework.jdbc.datasource.DataSourceUtils;

/**
 * Passes when a DataSource provides a valid connection, or one of a driver that cannot
 * validate it. A DataSource that is unable to connect, for example because it is
 * misconfigured or requires a tenant, is skipped, and fails when it is used.
 */
final class DataSourceCheck implements StartupCheck {

	private static final Log logger = LogFactory.getLog(DataSourceCheck.class);

	/**
	 * The class of SQL states that means a connection exception, by ISO/IEC 9075-2.
	 */
	private static final String CONNECTION_STATES = "08";

	private static final int VALIDATION_TIMEOUT_SECONDS = 5;

	private final String name;

	private final Supplier<DataSource> dataSource;

	DataSourceCheck(String name, Supplier<DataSource> dataSource) {
		this.name = name;
		this.dataSource = dataSource;
	}

	@Override
	public void check() throws SQLException {
		try {
			check(this.dataSource.get());
		}
		catch (SQLException ex) {
			if (ex.getClass() != SQLException.class || ex.getSQLState() != null || ex.getErrorCode() != 0
					|| ex.getCause() != null) {
				throw ex;
			}
			// Not of a driver, but of a DataSource that needs something else first
			skip(ex);
		}
		catch (RuntimeException ex) {
			if (isOfDatabase(ex)) {
				throw ex;
			}
			skip(ex);
		}
		catch (LinkageError ex) {
			skip(ex);
		}
	}

	/**
	 * Not every DataSource has another connection once that has been closed.
	 */
	private void check(DataSource dataSource) throws SQLException {
		Connection connection = dataSource.getConnection();
		try {
			if (!isValid(connection)) {
				throw new SQLTransientConnectionException("The connection is invalid");
			}
		}
		finally {
			DataSourceUtils.doCloseConnection(connection, dataSource);
		}
	}

	private void skip(Throwable failure) {
		logger
			.info(LogMessage.format("Not waiting for %s, which cannot connect at this point: %s", this.name, failure));
	}

	/**
	 * A driver that fails to validate the connection that it has just made, for another
	 * reason than the connection, does not support it.
	 */
	private boolean isValid(Connection connection) throws SQLException {
		try {
			return connection.isValid(VALIDATION_TIMEOUT_SECONDS);
		}
		catch (SQLException ex) {
			if (isOfConnection(ex)) {
				throw ex;
			}
			acceptUnvalidated(ex);
		}
		catch (AbstractMethodError | UnsupportedOperationException ex) {
			acceptUnvalidated(ex);
		}
		return true;
	}

	private void acceptUnvalidated(Throwable failure) {
		logger.info(LogMessage.format("%s is taken for available: its driver cannot validate connections (%s)",
				this.name, failure));
	}

	private static boolean isOfConnection(SQLException failure) {
		String state = failure.getSQLState();
		return failure instanceof SQLTransientException || failure instanceof SQLRecoverableException
				|| failure instanceof SQLNonTransientConnectionException
				|| (state != null && state.startsWith(CONNECTION_STATES));
	}

	private static boolean isOfDatabase(RuntimeException failure) {
		Throwable cause = failure.getCause();
		while (cause != null && !(cause instanceof SQLException)) {
			cause = cause.getCause();
		}
		return cause != null;
	}

}
