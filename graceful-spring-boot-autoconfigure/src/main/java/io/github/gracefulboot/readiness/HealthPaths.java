package io.github.gracefulboot.readiness;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.github.gracefulboot.traffic.ReadinessProbes.Kind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;

/**
 * The paths of Actuator's endpoints. By each path of the health endpoint a load balancer
 * may learn whether this instance is ready, whatever its group consists of. Only those of
 * liveness are asked for another reason: who is told that it failed kills the process.
 */
final class HealthPaths implements ProbePaths {

	private static final EndpointId HEALTH = EndpointId.of("health");

	private static final String READINESS_STATE = "readinessState";

	private static final String LIVENESS_STATE = "livenessState";

	private final @Nullable String health;

	private final boolean healthSaysByItself;

	private final String basePath;

	private final List<String> endpoints;

	private final boolean managementPort;

	/**
	 * Names of groups and components.
	 */
	private final Set<String> liveness = new HashSet<>(Set.of(LIVENESS_STATE));

	private final Map<String, Kind> more = new HashMap<>();

	private final Map<String, Kind> moreOnManagementPort = new HashMap<>();

	/**
	 * Finds the paths.
	 * @param groups the groups of the health endpoint
	 * @param endpoints the endpoints that are served over HTTP
	 * @param managementPort whether they are served on a port of their own
	 * @param named other paths by which load balancers learn whether this instance is
	 * ready
	 * @param healthSaysByItself whether the root of the health endpoint surely says so
	 */
	HealthPaths(HealthEndpointGroups groups, PathMappedEndpoints endpoints, boolean managementPort,
			Collection<String> named, boolean healthSaysByItself) {
		this.health = endpoints.getPath(HEALTH);
		this.healthSaysByItself = healthSaysByItself;
		this.basePath = endpoints.getBasePath();
		this.endpoints = List.copyOf(endpoints.getAllPaths());
		this.managementPort = managementPort;
		for (String name : groups.getNames()) {
			HealthEndpointGroup group = groups.get(name);
			if (group != null) {
				add(name, group);
			}
		}
		for (String path : ProbePaths.withSlash(named)) {
			this.more.put(path, Kind.READINESS);
			this.moreOnManagementPort.put(path, Kind.READINESS);
		}
	}

	private void add(String name, HealthEndpointGroup group) {
		Kind kind = Kind.READINESS;
		if (isLiveness(name, group)) {
			kind = Kind.MANAGEMENT;
			this.liveness.add(name);
		}
		AdditionalHealthEndpointPath path = group.getAdditionalPath();
		if (path != null) {
			boolean onServerPort = path.hasNamespace(WebServerNamespace.SERVER);
			(onServerPort ? this.more : this.moreOnManagementPort).put(ProbePaths.withSlash(path.getValue()), kind);
		}
	}

	private static boolean isLiveness(String name, HealthEndpointGroup group) {
		return name.startsWith("live") || name.equals("alive")
				|| (group.isMember(LIVENESS_STATE) && !group.isMember(READINESS_STATE));
	}

	@Override
	public Kind classify(String path, boolean managementPort) {
		Kind kind = (managementPort ? this.moreOnManagementPort : this.more).get(path);
		if (kind != null) {
			return kind;
		}
		if (managementPort != this.managementPort) {
			return managementPort ? Kind.MANAGEMENT : Kind.TRAFFIC;
		}
		String health = this.health;
		if (health != null && isAtOrBelow(path, health)) {
			return isLiveness(path, health.length() + 1) ? Kind.MANAGEMENT : Kind.READINESS;
		}
		return (managementPort || isEndpoint(path)) ? Kind.MANAGEMENT : Kind.TRAFFIC;
	}

	private boolean isLiveness(String path, int start) {
		if (path.length() <= start) {
			return false;
		}
		int end = path.indexOf('/', start);
		return this.liveness.contains((end < 0) ? path.substring(start) : path.substring(start, end))
				|| path.endsWith("/" + LIVENESS_STATE);
	}

	/**
	 * Asks for each endpoint rather than for the base path, which may be that of the
	 * application, too.
	 */
	private boolean isEndpoint(String path) {
		if (!path.startsWith(this.basePath)) {
			return false;
		}
		for (String endpoint : this.endpoints) {
			if (isAtOrBelow(path, endpoint)) {
				return true;
			}
		}
		return !this.basePath.isEmpty() && path.equals(this.basePath);
	}

	private static boolean isAtOrBelow(String path, String root) {
		return path.startsWith(root) && (path.length() == root.length() || path.charAt(root.length()) == '/');
	}

	@Override
	public boolean saysByItself(String path) {
		return this.healthSaysByItself && path.equals(this.health);
	}

}
