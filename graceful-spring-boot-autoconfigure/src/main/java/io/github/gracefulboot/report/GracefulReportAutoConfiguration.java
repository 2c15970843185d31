package io.github.gracefulboot.report;

import java.nio.file.Files;
import java.nio.file.Path;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.shutdown.PropertyRules;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.traffic.Traffic;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * Auto-configuration of the report of a shutdown, where a directory is set or Kubernetes
 * asks for the last line.
 */
@AutoConfiguration(after = GracefulShutdownAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnBean(name = GracefulShutdownAutoConfiguration.SHUTDOWN)
@Conditional(GracefulReportAutoConfiguration.OnReport.class)
@EnableConfigurationProperties(ReportProperties.class)
@ImportRuntimeHints(GracefulReportAutoConfiguration.PageRuntimeHints.class)
public final class GracefulReportAutoConfiguration {

	private static final String PREFIX = "graceful.shutdown.report";

	@Bean
	@Nullable StopRecorder gracefulStopRecorder(ReportProperties properties, Environment environment, ShutdownSequence shutdown,
			Traffic traffic) {
		PropertyRules.atLeast(PREFIX + ".keep", properties.getKeep(), 1,
				"Leave graceful.shutdown.report.directory out to write no reports.");
		Instance instance = Instance.of(environment);
		Path directory = properties.getDirectory();
		ReportFiles files = (directory != null)
				? new ReportFiles(directory.toAbsolutePath(), properties.getKeep(), instance) : null;
		TerminationLog log = terminationLog(properties.getTerminationLog());
		return (files != null || log != null) ? new StopRecorder(shutdown, traffic, instance, files, log) : null;
	}

	private static @Nullable TerminationLog terminationLog(Path path) {
		return Files.isWritable(path) ? new TerminationLog(path) : null;
	}

	/**
	 * The page's template, in a native image.
	 */
	static final class PageRuntimeHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerPattern("io/github/gracefulboot/report/report.html");
		}

	}

	/**
	 * Whether there is somewhere to report to. What is there where an application is
	 * processed ahead of time says nothing of where it runs.
	 */
	static final class OnReport extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			ConditionMessage.Builder message = ConditionMessage.forCondition("Report of a shutdown");
			if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
				return ConditionOutcome.match(message.because("the start decides"));
			}
			Environment environment = context.getEnvironment();
			if (StringUtils.hasText(environment.getProperty(PREFIX + ".directory"))) {
				return ConditionOutcome.match(message.because("a directory is set"));
			}
			String log = environment.getProperty(PREFIX + ".termination-log", ReportProperties.TERMINATION_LOG);
			return Files.isWritable(Path.of(log)) ? ConditionOutcome.match(message.because(log + " is writable"))
					: ConditionOutcome
						.noMatch(message.because("neither a directory is set, nor is " + log + " writable"));
		}

	}

}
