package io.github.gracefulboot.startup;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.shutdown.OwnBeans.Named;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Checks of all connection factories of a type that the context has created, each named
 * like its bean. Those of a parent context were waited for by it.
 *
 * @param <T> the type of the connection factories
 * @since 0.1.0
 */
public final class ConnectionChecks<T> implements StartupCheckSource {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Class<T> type;

	private final Predicate<T> connects;

	private final Attempt<T> attempt;

	/**
	 * Creates the checks.
	 * @param beanFactory where the connection factories are
	 * @param type their type
	 * @param connects whether one can connect by itself
	 * @param attempt tries one
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
	 * Says what the causes say, too: the own words of clients of brokers name no address.
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
	 * Connects once and leaves nothing open that nobody uses.
	 *
	 * @param <T> the type of the connection factory
	 */
	@FunctionalInterface
	public interface Attempt<T> {

		/**
		 * Connects.
		 * @param connectionFactory the connection factory
		 * @throws Exception if the other side is not there
		 */
		void connect(T connectionFactory) throws Exception;

	}

}
