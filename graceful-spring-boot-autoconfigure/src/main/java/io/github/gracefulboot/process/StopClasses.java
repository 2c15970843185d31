package io.github.gracefulboot.process;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.core.log.LogMessage;

/**
 * Loads the classes that only a stop needs, a while after the service has become ready. A
 * deployment may copy another jar over the one that runs, and from then on no class can
 * be loaded any more.
 */
final class StopClasses implements Readiness.Listener, DisposableBean, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(StopClasses.class);

	private static final String OWN_PACKAGE = "io.github.gracefulboot.";

	private static final String OWN_PATH = OWN_PACKAGE.replace('.', '/');

	private static final String SELF = StopClasses.class.getName().replace('.', '/') + ".class";

	/**
	 * What others load first when they stop, or when they log a failure.
	 */
	private static final List<String> OF_OTHERS = List.of(
			"org.springframework.boot.web.server.GracefulShutdownCallback",
			"org.springframework.boot.web.server.GracefulShutdownResult",
			"org.springframework.web.context.request.async.DeferredResult",
			"org.springframework.web.context.request.async.WebAsyncTask",
			"org.springframework.web.servlet.ModelAndViewDefiningException", "org.springframework.util.FileSystemUtils",
			"org.springframework.util.FileSystemUtils$1", "io.micrometer.core.instrument.push.PushMeterRegistry",
			"org.springframework.boot.micrometer.metrics.export.prometheus.PrometheusPushGatewayManager",
			"org.springframework.util.PatternMatchUtils", "org.apache.catalina.ContainerEvent",
			"org.apache.catalina.Lifecycle$SingleUse", "org.apache.catalina.core.ContainerBase$StopChild",
			"org.apache.catalina.loader.JdbcLeakPrevention", "org.apache.tomcat.PeriodicEventListener",
			"org.apache.tomcat.util.http.parser.TokenList", "org.apache.coyote.http2.Http2AsyncUpgradeHandler",
			"org.apache.coyote.http2.Http2AsyncParser", "org.apache.coyote.http2.HeaderSink",
			"org.apache.coyote.http2.Http2UpgradeHandler$PingManager", "ch.qos.logback.classic.spi.ThrowableProxy",
			"ch.qos.logback.classic.spi.StackTraceElementProxy", "ch.qos.logback.classic.spi.PackagingDataCalculator",
			"ch.qos.logback.classic.spi.ClassPackagingData", "ch.qos.logback.classic.spi.ThrowableProxyUtil",
			"ch.qos.logback.classic.spi.STEUtil");

	private final ClassLoader loader;

	private final Duration delay;

	private final Duration pause;

	private final AtomicBoolean begun;

	private final CountDownLatch over = new CountDownLatch(1);

	/**
	 * Creates what loads them.
	 * @param loader the class loader of the application
	 * @param delay how long after the service has become ready: first come its first
	 * requests, and the compilation of what they run
	 * @param pause how long to pause after each class, so that requests do not notice
	 * @param needed whether a stop ends the process, as it does not in a test
	 */
	StopClasses(ClassLoader loader, Duration delay, Duration pause, boolean needed) {
		this.loader = loader;
		this.delay = delay;
		this.pause = pause;
		this.begun = new AtomicBoolean(!needed);
	}

	@Override
	public void readinessChanged(boolean accepting) {
		if (accepting && this.begun.compareAndSet(false, true)) {
			DaemonThreads.startIfPossible("graceful-classes", this::load);
		}
	}

	/**
	 * Ends it with the context. Without an interrupt, which would close the file that
	 * classes come from.
	 */
	@Override
	public void destroy() {
		this.over.countDown();
	}

	private void load() {
		Thread.currentThread().setPriority(Thread.MIN_PRIORITY);
		try {
			if (isOverAfter(this.delay)) {
				return;
			}
			Set<String> names = new LinkedHashSet<>(OF_OTHERS);
			for (Resource own : new PathMatchingResourcePatternResolver(this.loader).getResources(own())) {
				names.add(nameOf(own.getURL().getPath()));
			}
			long begun = System.nanoTime();
			int loaded = 0;
			for (String name : names) {
				loaded += load(name) ? 1 : 0;
				if (isOverAfter(this.pause)) {
					return;
				}
			}
			logger.debug(LogMessage.format("%d of %d classes for the shutdown are there after %s", loaded, names.size(),
					Durations.text(Duration.ofNanos(System.nanoTime() - begun))));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException | RuntimeException | Error ex) {
			logger.debug("The classes for the shutdown are loaded when they are needed", ex);
		}
	}

	private boolean isOverAfter(Duration time) throws InterruptedException {
		return this.over.await(time.toNanos(), TimeUnit.NANOSECONDS);
	}

	/**
	 * Returns the pattern of all classes that are where this one is.
	 */
	private static String own() {
		String self = String.valueOf(StopClasses.class.getClassLoader().getResource(SELF));
		return self.substring(0, self.length() - SELF.length()) + OWN_PATH + "**/*.class";
	}

	private static String nameOf(String path) {
		return path.substring(path.lastIndexOf(OWN_PATH), path.length() - ".class".length()).replace('/', '.');
	}

	/**
	 * Loads and links a class, which loads what it is made of. Those of this project are
	 * initialized too.
	 * @return whether it and all of that is there
	 */
	private boolean load(String name) {
		try {
			Class.forName(name, name.startsWith(OWN_PACKAGE), this.loader).getDeclaredMethods();
			return true;
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return false;
		}
	}

}
