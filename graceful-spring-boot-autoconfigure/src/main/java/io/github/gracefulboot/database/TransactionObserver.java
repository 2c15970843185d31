package io.github.gracefulboot.database;

import java.util.ArrayList;
import java.util.List;

import javax.sql.DataSource;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.transaction.ConfigurableTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.ResourceTransactionManager;
import org.springframework.util.ClassUtils;

/**
 * Listens to each transaction manager of a database, including those to which Spring Boot
 * does not apply its customizers.
 */
final class TransactionObserver implements BeanPostProcessor, PriorityOrdered, AopInfrastructureBean {

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
			// The existing list may be immutable
			List<TransactionExecutionListener> listeners = new ArrayList<>(manager.getTransactionExecutionListeners());
			listeners.add(this.transactions);
			manager.setTransactionExecutionListeners(listeners);
		}
		return bean;
	}

	/**
	 * Returns whether the transactions are those of a database, rather than of a broker.
	 */
	private static boolean isOfDatabase(ConfigurableTransactionManager manager) {
		if (manager instanceof ResourceTransactionManager ofResource) {
			Object factory = ofResource.getResourceFactory();
			return factory instanceof DataSource || isEntityManagerFactory(factory);
		}
		return true;
	}

	/**
	 * Returns whether this is an EntityManagerFactory, of which Hibernate has an extended
	 * interface.
	 */
	private static boolean isEntityManagerFactory(Object factory) {
		ClassLoader loader = factory.getClass().getClassLoader();
		return ClassUtils.isPresent(ENTITY_MANAGER_FACTORY, loader)
				&& ClassUtils.resolveClassName(ENTITY_MANAGER_FACTORY, loader).isInstance(factory);
	}

	/**
	 * Before post-processors that wrap the transaction manager.
	 */
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
