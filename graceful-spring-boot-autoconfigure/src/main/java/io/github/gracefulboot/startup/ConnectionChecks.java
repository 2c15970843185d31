package io.github.gracefulboot.startup;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.shutdown.OwnBeans.Named;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Checks all connection factories of a type that the context has created. Each check has
 * the name of the bean. Connection factories of a parent context are checked by the
 * parent.
 *
 * @param <T> the type of the connection factories
 */
public final class ConnectionChecks<T> implements StartupCheckSource {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Class<T> type;

	private final Predicate<T> connects;

	private final Attempt<T> attempt;

	/**
	 * Creates the checks.
	 * @param beanFactory the bean factory with the connection factories
	 * @param type the type of the connection factories
	 * @param connects whether a connection factory is able to connect on its own
	 * @param attempt attempts to connect
	 */
	public ConnectionChecks(ConfigurableListableBeanFactory beanFactory, Class<T> type, Predicate<T> connects,
			Attempt<T> attempt) {
		this.beanFactory = beanFactory;
		this.type = type;
		this.connects = connects;
		this.attempt = attempt;
	}

	@Override
	public List<Named<StartupCheck>> checks() {
		return Arrays.stream(this.beanFactory.getBeanNamesForType(this.type, false, false))
			.filter(this.beanFactory::containsSingleton)
			.filter((name) -> this.connects.test(this.beanFactory.getBean(name, this.type)))
			.map((name) -> new Named<>(name, check(this.beanFactory.getBean(name, this.type))))
			.toList();
	}

	private StartupCheck check(T connectionFactory) {
		return () -> {
			try {
				this.attempt.connect(connectionFactory);
			}
			catch (Exception ex) {
				throw explained(ex);
			}
		};
	}

	/**
	 * Adds the messages of the causes, since the outermost message of many broker clients
	 * lacks the address.
	 */
	private static Exception explained(Exception failure) {
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
