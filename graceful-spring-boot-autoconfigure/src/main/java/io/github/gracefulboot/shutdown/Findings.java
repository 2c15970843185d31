package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;
import org.springframework.core.log.LogMessage;

/**
 * Looks, once the application is ready, for settings that contradict what the starter is
 * there for, and says so in one line each.
 */
public final class Findings implements ApplicationListener<ApplicationReadyEvent>, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(ShutdownSequence.class);

	private static final String IGNORE = "graceful.findings.ignore";

	private static final String HEALTH = "management.endpoint.health.";

	private static final String READINESS_GROUP = HEALTH + "group.readiness.";

	private static final String OUT_OF_SERVICE = "status.http-mapping.out-of-service";

	private static final int FAILURE = 400;

	/**
	 * How long the load balancers of AWS and nginx keep an idle connection.
	 */
	private static final Duration BALANCERS_KEEP = Duration.ofSeconds(60);

	private static final List<String> KEEP_ALIVE = List.of("server.tomcat.keep-alive-timeout",
			"server.tomcat.connection-timeout", "server.jetty.connection-idle-timeout", "server.netty.idle-timeout");

	private final ApplicationContext context;

	private final boolean looks;

	private volatile List<Finding> found = List.of();

	Findings(ApplicationContext context, WaitingPolicy policy) {
		this.context = context;
		this.looks = policy.ownsProcess();
	}

	/**
	 * Returns what was found.
	 * @return the findings, none until the application is ready
	 */
	public List<Finding> all() {
		return this.found;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		if (this.looks && event.getApplicationContext() == this.context) {
			try {
				this.found = find();
			}
			catch (RuntimeException | Error ex) {
				// What is wrong with a value is not for us to say
				logger.debug("Could not look for contradicting settings", ex);
			}
			for (Finding finding : this.found) {
				logger.info(LogMessage.format("Finding %s: %s", finding.id(), finding.message()));
			}
		}
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	private List<Finding> find() {
		Environment environment = this.context.getEnvironment();
		List<Finding> found = new ArrayList<>();
		findInHealth(environment, found);
		findInServer(environment, found);
		findInBudget(environment, found);
		if (!found.isEmpty()) {
			Set<String> ignored = names(environment, IGNORE);
			found.removeIf((finding) -> ignored.contains(finding.id()));
		}
		return List.copyOf(found);
	}

	private static void findInHealth(Environment environment, List<Finding> found) {
		String cache = HEALTH + "cache.time-to-live";
		Duration cached = duration(environment, cache);
		if (Durations.isPositive(cached)) {
			found.add(new Finding("health-cache",
					"%1$s=%2$s: probes learn up to %2$s late whether the application is ready. During a shutdown they are answered at once. Remove it"
						.formatted(cache, Durations.text(cached))));
		}
		Set<String> members = names(environment, READINESS_GROUP + "include");
		if (!members.isEmpty() && !members.contains("readinessState") && !members.contains("*")) {
			found.add(new Finding("readiness-group",
					"%sinclude=%s: readiness probes succeed before the application is ready, and while it refuses traffic. Add readinessState"
						.formatted(READINESS_GROUP, String.join(",", members))));
		}
		for (String prefix : List.of(HEALTH, READINESS_GROUP)) {
			int status = environment.getProperty(prefix + OUT_OF_SERVICE, Integer.class, FAILURE);
			if (status < FAILURE) {
				found.add(new Finding("status-mapping",
						"%s=%d: readiness probes succeed although the application refuses traffic. A shutdown answers them 503. Remove it"
							.formatted(prefix + OUT_OF_SERVICE, status)));
			}
		}
		String probes = HEALTH + "probes.enabled";
		if (!environment.getProperty(probes, Boolean.class, true)) {
			found.add(new Finding("probes-disabled",
					"%s=false: there is no /actuator/health/readiness for a load balancer to ask. Remove it"
						.formatted(probes)));
		}
	}

	private void findInServer(Environment environment, List<Finding> found) {
		if ("immediate".equalsIgnoreCase(environment.getProperty("server.shutdown"))) {
			found.add(new Finding("immediate-shutdown",
					"server.shutdown=immediate: a shutdown waits neither for the load balancer nor for requests in flight. Remove it"));
		}
		if (WaitingPolicy.isRestarted(this.context.getClassLoader())) {
			found.add(new Finding("devtools",
					"devtools restart this application: a shutdown does not wait for the load balancer. Run the packaged application to try it"));
		}
		for (String property : KEEP_ALIVE) {
			Duration keepAlive = duration(environment, property);
			if (Durations.isPositive(keepAlive) && keepAlive.compareTo(BALANCERS_KEEP) < 0) {
				found.add(new Finding("keep-alive",
						"%s=%s: balancers such as nginx and AWS's keep idle connections for %s, and lose a request on one that this server closes first. Set it to more"
							.formatted(property, Durations.text(keepAlive), Durations.text(BALANCERS_KEEP))));
			}
		}
	}

	private static void findInBudget(Environment environment, List<Finding> found) {
		Duration timeout = duration(environment, ShutdownRules.TIMEOUT);
		if (Durations.isPositive(timeout)) {
			Platform.of(environment)
				.filter((platform) -> timeout.compareTo(platform.untilKill()) >= 0)
				.ifPresent((platform) -> found.add(new Finding("kill-timeout",
						"%s=%s: %s kills after %s unless it was given more time. Give it more, or lower the timeout"
							.formatted(ShutdownRules.TIMEOUT, Durations.text(timeout), platform,
									Durations.text(platform.untilKill())))));
		}
	}

	// Most applications set none of these: only then the start pays for binding
	private static Duration duration(Environment environment, String property) {
		return environment.containsProperty(property)
				? Binder.get(environment).bind(property, Duration.class).orElse(Duration.ZERO) : Duration.ZERO;
	}

	private static Set<String> names(Environment environment, String property) {
		return (environment.containsProperty(property) || environment.containsProperty(property + "[0]"))
				? Binder.get(environment).bind(property, Bindable.setOf(String.class)).orElse(Set.of()) : Set.of();
	}

}
