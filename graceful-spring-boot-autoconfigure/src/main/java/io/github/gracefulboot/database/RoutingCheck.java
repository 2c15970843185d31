package io.github.gracefulboot.database;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import io.github.gracefulboot.StartupCheck;
import io.github.gracefulboot.startup.DispensableCheck;
import io.github.gracefulboot.startup.StartupCheckFailedException;
import io.github.gracefulboot.startup.StartupChecks;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Waits for the targets of a router, such as the databases of tenants: for the default
 * target, or for any if there is none. Others that are missing keep nobody from using
 * those that are available.
 */
final class RoutingCheck {

	private static final Log logger = LogFactory.getLog(RoutingCheck.class);

	private final StartupChecks checks;

	private final String name;

	private final Map<String, StartupCheck> targets = new LinkedHashMap<>();

	private boolean available;

	RoutingCheck(StartupChecks checks, String name) {
		this.checks = checks;
		this.name = name;
	}

	/**
	 * Adds a target.
	 * @param target the name of the target
	 * @param check checks it
	 */
	void add(String target, StartupCheck check) {
		if (!this.checks.isSkipped(target)) {
			this.targets.put(target, check);
		}
	}

	/**
	 * Notes that there is a target that needs no check, such as one that is a bean.
	 */
	void addAvailable() {
		this.available = true;
	}

	void await() {
		String defaultTarget = this.name + RoutingTargets.DEFAULT;
		StartupCheck check = this.targets.remove(defaultTarget);
		if (check != null) {
			this.checks.await(defaultTarget, new DefaultTarget(check));
		}
		else if (!this.targets.isEmpty() && !this.available) {
			this.checks.await((this.targets.size() > 1) ? this.name : this.targets.keySet().iterator().next(),
					this::any);
		}
		Map<String, Throwable> missing = this.checks.attempt(this.targets);
		if (!missing.isEmpty()) {
			logger.warn(LogMessage.format("Starting without %s",
					missing.entrySet()
						.stream()
						.map((target) -> "%s: %s".formatted(target.getKey(),
								StartupCheckFailedException.reason(target.getValue())))
						.collect(Collectors.joining("; "))));
		}
	}

	private void any() throws Exception {
		Map<String, Throwable> missing = this.checks.attempt(this.targets);
		if (missing.size() == this.targets.size()) {
			Throwable failure = missing.values().iterator().next();
			throw (failure instanceof Exception ex) ? ex : new IllegalStateException(failure);
		}
	}

	private boolean isOtherAvailable() {
		return this.available || this.checks.attempt(this.targets).size() < this.targets.size();
	}

	/**
	 * The check of the default target.
	 */
	private final class DefaultTarget implements DispensableCheck {

		private final StartupCheck check;

		private DefaultTarget(StartupCheck check) {
			this.check = check;
		}

		@Override
		public void check() throws Exception {
			this.check.check();
		}

		@Override
		public String whyDispensable() {
			return isOtherAvailable() ? "another target of %s is available".formatted(RoutingCheck.this.name) : "";
		}

	}

}
