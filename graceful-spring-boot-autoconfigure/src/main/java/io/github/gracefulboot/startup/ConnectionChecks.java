package io.github.gracefulboot.startup;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.log.LogMessage;

/**
 * Checks all connection factories of a type that the context has created. Each check has
 * the name of the bean. Connection factories of a parent context are checked by the
 * parent.
 *
 * @param <T> the type of the connection factories
 */
public final class ConnectionChecks<T> implements StartupCheckSource, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(ConnectionChecks.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Class<T> type;

	private final Predicate<String> wanted;

	private final Predicate<T> connects;

	private final Attempt<T> attempt;

	/**
	 * Creates the checks.
	 * @param beanFactory the bean factory with the connection factories
	 * @param type the type of the connection factories
	 * @param wanted whether somebody wants the connection factory of this name
	 * @param connects whether a connection factory is able to connect on its own
	 * @param attempt attempts to connect
	 */
	public ConnectionChecks(ConfigurableListableBeanFactory beanFactory, Class<T> type, Predicate<String> wanted,
			Predicate<T> connects, Attempt<T> attempt) {
		this.beanFactory = beanFactory;
		this.type = type;
		this.wanted = wanted;
		this.connects = connects;
		this.attempt = attempt;
	}

	@Override
	public List<Named<StartupCheck>> checks() {
		return Arrays.stream(this.beanFactory.getBeanNamesForType(this.type, false, false))
			.filter(this.beanFactory::containsSingleton)
			.filter(this::isWanted)
			.filter((name) -> this.connects.test(this.beanFactory.getBean(name, this.type)))
			.map((name) -> new Named<>(name, check(name, this.beanFactory.getBean(name, this.type))))
			.toList();
	}

	private boolean isWanted(String name) {
		boolean wanted = this.wanted.test(name);
		if (!wanted) {
			logger.debug(LogMessage.format("Not waiting for %s, which was not given an address and is not used", name));
		}
		return wanted;
	}

	/**
	 * Returns the check of a connection factory.
	 * @param name the name of the bean
	 * @param connectionFactory the connection factory
	 * @return the check
	 */
	public StartupCheck check(String name, T connectionFactory) {
		return new DispensableCheck() {

			@Override
			public void check() throws Exception {
				connect(name, connectionFactory);
			}

			@Override
			public String whyDispensable() {
				return DispensableCheck.whySecondary(ConnectionChecks.this.beanFactory, name,
						ConnectionChecks.this.type);
			}

		};
	}

	private void connect(String name, T connectionFactory) throws Exception {
		try {
			this.attempt.connect(connectionFactory);
		}
		catch (Exception | LinkageError ex) {
			if (isOfLibrary(ex)) {
				throw explained(ex);
			}
			logger.info(LogMessage.format("Not waiting for %s, which cannot connect at this point: %s", name, ex));
		}
	}

	/**
	 * Returns whether a failure comes from the client or the network. Others, such as an
	 * {@link UnsupportedOperationException}, are of a connection factory that needs
	 * something else first, such as a tenant, and repeat themselves.
	 */
	private static boolean isOfLibrary(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (!cause.getClass().getName().startsWith("java.lang.")) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Adds the messages of the causes, since the outermost message of many broker clients
	 * lacks the address.
	 */
	private static Exception explained(Throwable failure) {
		String message = String.valueOf(failure.getMessage());
		for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
			if (cause.getMessage() != null && !message.contains(cause.getMessage())) {
				message += ": " + cause.getMessage();
			}
		}
		return new IOException(message, failure);
	}

	/**
	 * Connects once and releases what it has opened.
	 *
	 * @param <T> the type of the connection factory
	 */
	@FunctionalInterface
	public interface Attempt<T> {

		/**
		 * Connects.
		 * @param connectionFactory the connection factory
		 * @throws Exception if the connection fails
		 */
		void connect(T connectionFactory) throws Exception;

	}

}
