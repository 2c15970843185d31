package io.github.gracefulboot.startup;

import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Recognizes failures of servers of any kind that refuse a user name or a password. Each
 * further attempt would count as a failed login, and many servers lock the account after
 * some.
 */
final class RefusedCredentials {

	/**
	 * The class of SQL states that means an invalid authorization specification, by
	 * ISO/IEC 9075-2.
	 */
	private static final String SQL_STATES = "28";

	/**
	 * Error codes of servers that report another SQL state: MySQL, Oracle, SQL Server.
	 */
	private static final Set<Integer> SQL_ERRORS = Set.of(1045, 1017, 18456);

	/**
	 * Names of the exceptions of messaging and database clients, which are known by name
	 * since none of them is required.
	 */
	private static final Pattern EXCEPTIONS = Pattern
		.compile("\\w*(Authenticat|PermissionDenied|JMSSecurity|InvalidAuthorization)\\w*");

	/**
	 * Replies of Redis.
	 */
	private static final Pattern REPLIES = Pattern.compile("\\b(WRONGPASS|NOAUTH)\\b");

	private RefusedCredentials() {
	}

	/**
	 * Returns whether credentials were refused.
	 * @param failure why an attempt failed
	 * @return whether the failure, or one that caused it, says so
	 */
	static boolean areTheCauseOf(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (isRefusal(cause)) {
				return true;
			}
		}
		return false;
	}

	private static boolean isRefusal(Throwable failure) {
		if (failure instanceof SQLException ex) {
			String state = ex.getSQLState();
			return ex instanceof SQLInvalidAuthorizationSpecException || SQL_ERRORS.contains(ex.getErrorCode())
					|| (state != null && state.startsWith(SQL_STATES));
		}
		String message = failure.getMessage();
		return EXCEPTIONS.matcher(failure.getClass().getSimpleName()).matches()
				|| (message != null && REPLIES.matcher(message).find());
	}

}
