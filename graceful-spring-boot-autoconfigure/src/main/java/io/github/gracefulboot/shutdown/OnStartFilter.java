package io.github.gracefulboot.shutdown;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.boot.autoconfigure.condition.ConditionEvaluationReport;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;

/**
 * Decides before an auto-configuration of ours is read, or a class is searched that it
 * asks for, what its conditions would decide later: all of them are left out where
 * {@code graceful.enabled} is {@code false}, and those of {@link ConditionalOnStart}
 * where a process was started under something else, since hardly any needs more than one
 * of them. The conditions say the same where they are imported without filters, as in
 * tests.
 */
final class OnStartFilter
		implements AutoConfigurationImportFilter, EnvironmentAware, BeanFactoryAware, PriorityOrdered {

	private static final String PACKAGE = "io.github.gracefulboot.";

	private static final Map<String, List<String>> PROPERTIES = Map.of("handover.GracefulHandOverAutoConfiguration",
			List.of("graceful.handover.path"), "supervisor.file.GracefulReadinessFileAutoConfiguration",
			List.of("graceful.supervisor.file.path"), "supervisor.pm2.GracefulPm2AutoConfiguration",
			List.of("NODE_CHANNEL_FD", "pm_id"), "supervisor.pm2.GracefulPm2MonitorAutoConfiguration",
			List.of("graceful.supervisor.pm2.monitor"), "supervisor.s6.GracefulS6AutoConfiguration",
			List.of("graceful.supervisor.s6.notification-fd"), "supervisor.systemd.GracefulSystemdAutoConfiguration",
			List.of("NOTIFY_SOCKET"));

	private final OnStartCondition condition = new OnStartCondition();

	private @Nullable Environment environment;

	private boolean enabled = true;

	private @Nullable ConditionEvaluationReport report;

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = environment;
		this.enabled = environment.getProperty("graceful.enabled", Boolean.class, true);
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.report = (beanFactory instanceof ConfigurableListableBeanFactory listable)
				? ConditionEvaluationReport.get(listable) : null;
	}

	@Override
	public boolean[] match(@Nullable String[] autoConfigurationClasses, AutoConfigurationMetadata metadata) {
		boolean[] match = new boolean[autoConfigurationClasses.length];
		for (int i = 0; i < match.length; i++) {
			String name = autoConfigurationClasses[i];
			match[i] = name == null || !name.startsWith(PACKAGE) || (this.enabled && match(name));
		}
		return match;
	}

	private boolean match(String name) {
		List<String> properties = PROPERTIES.get(name.substring(PACKAGE.length()));
		if (properties == null || this.environment == null) {
			return true;
		}
		ConditionOutcome outcome = OnStartCondition.outcome(properties, this.environment);
		if (!outcome.isMatch() && this.report != null) {
			this.report.recordConditionEvaluation(name, this.condition, outcome);
		}
		return outcome.isMatch();
	}

	/**
	 * Returns the order, before classes are searched for.
	 */
	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

}
