package io.github.gracefulboot.actuate;

import java.io.Flushable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.ExistingBeans;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.push.PushMeterRegistry;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.boot.micrometer.metrics.export.prometheus.PrometheusPushGatewayManager;
import org.springframework.core.log.LogMessage;
import org.springframework.util.ClassUtils;

/**
 * What leaves the process last: a registry that pushes its meters does so when it is
 * closed, and spans and logs wait for the next batch. Each has a thread of its own, and
 * none is waited for beyond a deadline. What hangs then is not closed with the context
 * either, which would wait for it again.
 */
final class LastExport {

	private static final Log logger = LogFactory.getLog(LastExport.class);

	private static final String OPEN_TELEMETRY = "io.opentelemetry.";

	private static final String PUSH_GATEWAY_MANAGER = "org.springframework.boot.micrometer.metrics.export.prometheus."
			+ "PrometheusPushGatewayManager";

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<String, MeterRegistry> pushing = new LinkedHashMap<>();

	private final Map<String, MeterRegistry> otherRegistries = new LinkedHashMap<>();

	private final Map<String, Runnable> telemetry = new LinkedHashMap<>();

	private final Map<String, Runnable> others = new LinkedHashMap<>();

	LastExport(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		ExistingBeans beans = new ExistingBeans(beanFactory);
		beans.ofType(MeterRegistry.class)
			.forEach((name, registry) -> ((registry instanceof PushMeterRegistry) ? this.pushing : this.otherRegistries)
				.put(name, registry));
		ClassLoader classLoader = LastExport.class.getClassLoader();
		if (ClassUtils.isPresent(OPEN_TELEMETRY + "sdk.trace.SdkTracerProvider", classLoader)) {
			this.telemetry.putAll(OpenTelemetry.traces(beans));
		}
		if (ClassUtils.isPresent(OPEN_TELEMETRY + "sdk.logs.SdkLoggerProvider", classLoader)) {
			this.telemetry.putAll(OpenTelemetry.logs(beans));
		}
		if (ClassUtils.isPresent(PUSH_GATEWAY_MANAGER, classLoader)) {
			this.others.putAll(Prometheus.pushes(beans));
		}
		// Spans of Brave on their way to Zipkin, among others
		this.others.putAll(each(beans.ofType(Flushable.class), LastExport::flush));
	}

	/**
	 * Returns whether anything goes over the network.
	 * @return whether the export may take time
	 */
	boolean isRemote() {
		return !this.telemetry.isEmpty() || !this.others.isEmpty() || !this.pushing.isEmpty();
	}

	/**
	 * Keeps registries open when the context destroys its beans, for a later export.
	 */
	void keepOpen() {
		this.pushing.keySet().forEach(this::leaveAlone);
		this.otherRegistries.keySet().forEach(this::leaveAlone);
	}

	private void leaveAlone(String beanName) {
		if (this.beanFactory instanceof DefaultSingletonBeanRegistry registry) {
			registry.registerDisposableBean(beanName, () -> {
			});
		}
	}

	/**
	 * Exports, and closes registries.
	 * @param deadline when to wait no longer
	 */
	void run(Deadline deadline) {
		Map<String, Runnable> exports = new LinkedHashMap<>(this.telemetry);
		exports.putAll(this.others);
		exports.putAll(each(this.pushing, LastExport::close));
		List<String> hanging = export(exports, deadline);
		if (hanging.isEmpty()) {
			hanging = export(each(this.otherRegistries, LastExport::close), deadline);
		}
		if (!hanging.isEmpty()) {
			keepOpen();
			this.others.keySet().stream().filter(hanging::contains).forEach(this::leaveAlone);
			if (this.telemetry.keySet().stream().anyMatch(hanging::contains)) {
				leaveTelemetryAlone();
			}
		}
	}

	/**
	 * Each of them would wait for its exporter for ten seconds when it is destroyed.
	 */
	private void leaveTelemetryAlone() {
		for (String name : this.beanFactory.getSingletonNames()) {
			Object bean = this.beanFactory.getSingleton(name);
			if (bean != null && bean.getClass().getName().startsWith(OPEN_TELEMETRY)) {
				leaveAlone(name);
			}
		}
	}

	private static <T> Map<String, Runnable> each(Map<String, T> beans, Consumer<T> action) {
		Map<String, Runnable> actions = new LinkedHashMap<>();
		beans.forEach((name, bean) -> actions.put(name, () -> action.accept(bean)));
		return actions;
	}

	private static void flush(Flushable flushable) {
		try {
			flushable.flush();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void close(MeterRegistry registry) {
		Metrics.removeRegistry(registry);
		registry.close();
	}

	private static List<String> export(Map<String, Runnable> exports, Deadline deadline) {
		Duration atMost = deadline.remaining();
		Map<String, Thread> threads = new LinkedHashMap<>();
		exports.forEach((name, task) -> threads.put(name,
				DaemonThreads.startOrRun("graceful-export-" + name, () -> isolated(name, task))));
		List<String> hanging = new ArrayList<>();
		threads.forEach((name, thread) -> {
			join(thread, deadline);
			if (thread.isAlive()) {
				hanging.add(name);
				logger.warn(LogMessage.format("The last export by %s did not finish within %s, continuing without it",
						name, Durations.text(atMost)));
			}
		});
		return hanging;
	}

	private static void isolated(String name, Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | LinkageError ex) {
			logger.warn(LogMessage.format("The last export by %s failed: %s", name, ex));
		}
	}

	private static void join(Thread thread, Deadline deadline) {
		try {
			thread.join(Math.max(1, deadline.remaining().toMillis()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Spring Boot's pushes to Prometheus' Pushgateway, which an application may not have.
	 */
	private static final class Prometheus {

		private static Map<String, Runnable> pushes(ExistingBeans beans) {
			return each(beans.ofType(PrometheusPushGatewayManager.class), PrometheusPushGatewayManager::shutdown);
		}

	}

	/**
	 * OpenTelemetry's SDK, which an application may not have.
	 */
	private static final class OpenTelemetry {

		/**
		 * Longer than anybody waits.
		 */
		private static final long UNTIL_DONE = TimeUnit.MINUTES.toMillis(1);

		private static Map<String, Runnable> traces(ExistingBeans beans) {
			return exports(beans.ofType(SdkTracerProvider.class), SdkTracerProvider::forceFlush);
		}

		private static Map<String, Runnable> logs(ExistingBeans beans) {
			return exports(beans.ofType(SdkLoggerProvider.class), SdkLoggerProvider::forceFlush);
		}

		private static <T> Map<String, Runnable> exports(Map<String, T> providers,
				Function<T, CompletableResultCode> flush) {
			return each(providers, (provider) -> flush.apply(provider).join(UNTIL_DONE, TimeUnit.MILLISECONDS));
		}

	}

}
