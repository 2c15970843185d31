package io.github.gracefulboot.database;

import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.github.gracefulboot.startup.StartupChecks;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Waits for the database of a schema migration that connects by itself, as with
 * {@code spring.flyway.url} or {@code spring.liquibase.url}. Its DataSource is no bean,
 * and nobody else may have waited for that database, such as in an application that uses
 * R2DBC otherwise.
 *
 * @param <T> the type that migrates
 */
final class MigrationCheckPostProcessor<T> implements BeanPostProcessor, AopInfrastructureBean {

	private final ConfigurableListableBeanFactory beanFactory;

	private final Supplier<StartupChecks> checks;

	private final Class<T> type;

	private final Function<T, @Nullable DataSource> dataSource;

	/**
	 * Creates the post-processor.
	 * @param beanFactory the bean factory with the DataSources that are waited for anyway
	 * @param checks provides the checks that wait for a database
	 * @param type the type that migrates, before or after it is initialized
	 * @param dataSource returns what it connects with
	 */
	MigrationCheckPostProcessor(ConfigurableListableBeanFactory beanFactory, Supplier<StartupChecks> checks,
			Class<T> type, Function<T, @Nullable DataSource> dataSource) {
		this.beanFactory = beanFactory;
		this.checks = checks;
		this.type = type;
		this.dataSource = dataSource;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (this.type.isInstance(bean)) {
			DataSource dataSource = this.dataSource.apply(this.type.cast(bean));
			if (dataSource != null && !isBean(dataSource)) {
				this.checks.get().await(beanName, new DataSourceCheck(beanName, () -> dataSource));
			}
		}
		return bean;
	}

	private boolean isBean(DataSource dataSource) {
		return Arrays.stream(this.beanFactory.getBeanNamesForType(DataSource.class, true, false))
			.anyMatch((name) -> this.beanFactory.getSingleton(name) == dataSource);
	}

}
