package io.github.gracefulboot.database;

import java.util.function.BiFunction;
import java.util.function.Supplier;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.startup.StartupChecks;
import io.r2dbc.spi.ConnectionFactory;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.r2dbc.connection.lookup.AbstractRoutingConnectionFactory;

/**
 * Waits for the database of each R2DBC connection factory before any other bean uses it,
 * since scripts and initializers connect when they are created.
 */
final class R2dbcCheckPostProcessor implements BeanPostProcessor, PriorityOrdered, AopInfrastructureBean {

	private final Supplier<StartupChecks> checks;

	private final BiFunction<String, ConnectionFactory, StartupCheck> check;

	/**
	 * Creates the post-processor.
	 * @param checks provides the checks that wait for a database
	 * @param check returns the check of a connection factory by its name
	 */
	R2dbcCheckPostProcessor(Supplier<StartupChecks> checks, BiFunction<String, ConnectionFactory, StartupCheck> check) {
		this.checks = checks;
		this.check = check;
	}

	// A router requires a tenant
	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof ConnectionFactory connectionFactory && !(bean instanceof ScopedObject)
				&& !(bean instanceof AbstractRoutingConnectionFactory)) {
			this.checks.get().await(beanName, this.check.apply(beanName, connectionFactory));
		}
		return bean;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

}
