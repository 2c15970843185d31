package io.github.gracefulboot.database;

import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.util.ClassUtils;

/**
 * Listens to each transaction manager of a database: also to those that Spring Boot's own
 * customizers do not see.
 */
final class TransactionObserver implements BeanPostProcessor, PriorityOrdered {

	private static final String ENTITY_MANAGER_FACTORY = "jakarta.persistence.EntityManagerFactory";

	private final OpenTransactions transactions;

	TransactionObserver(OpenTransactions transactions) {
		this.transactions = transactions;
	}

	OpenTransactions transactions() {
		return this.transactions;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof PlatformTransactionManager && bean instanceof ConfigurableTransactionManager manager
				&& isOfDatabase(manager)) {
			// The user's list may be an immutable one
			List<TransactionExecutionListener> listeners = new ArrayList<>(manager.getTransactionExecutionListeners());
			listeners.add(this.transactions);
			manager.setTransactionExecutionListeners(listeners);
		}
		return bean;
	}

	/**
	 * Brokers have transactions, too.
	 */
	private static boolean isOfDatabase(ConfigurableTransactionManager manager) {
		if (manager instanceof ResourceTransactionManager ofResource) {
			Object factory = ofResource.getResourceFactory();
			return factory instanceof DataSource || isEntityManagerFactory(factory);
		}
		return true;
	}

	/**
	 * Hibernate's has an interface of its own that extends it.
	 */
	private static boolean isEntityManagerFactory(Object factory) {
		ClassLoader loader = factory.getClass().getClassLoader();
		return ClassUtils.isPresent(ENTITY_MANAGER_FACTORY, loader)
				&& ClassUtils.resolveClassName(ENTITY_MANAGER_FACTORY, loader).isInstance(factory);
	}

	/**
	 * Before those that wrap it.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
