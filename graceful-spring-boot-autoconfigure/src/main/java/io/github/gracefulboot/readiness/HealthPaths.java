package io.github.gracefulboot.readiness;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

import io.github.gracefulboot.readiness.PathReadinessProbes.Paths;

import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.actuate.endpoint.web.WebServerNamespace;
import org.springframework.boot.health.actuate.endpoint.AdditionalHealthEndpointPath;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;

/**
 * Finds the paths of the health endpoint that include the readiness state: those of each
 * group of which the state is a member, including additional paths such as
 * {@code /readyz}.
 */
final class HealthPaths {

	private static final EndpointId HEALTH = EndpointId.of("health");

	private static final String READINESS_STATE = "readinessState";

	private final Set<String> onServerPort = new HashSet<>();

	private final Set<String> onManagementPort = new HashSet<>();

	private HealthPaths(HealthEndpointGroups groups, String healthPath) {
		if (groups.getPrimary().isMember(READINESS_STATE)) {
			add(healthPath);
			add(healthPath + "/" + READINESS_STATE);
		}
		for (String name : groups.getNames()) {
			HealthEndpointGroup group = groups.get(name);
			if (group != null && group.isMember(READINESS_STATE)) {
				add(healthPath + "/" + name);
				AdditionalHealthEndpointPath additional = group.getAdditionalPath();
				if (additional != null) {
					boolean server = additional.hasNamespace(WebServerNamespace.SERVER);
					(server ? this.onServerPort : this.onManagementPort).add(Paths.withSlash(additional.getValue()));
				}
			}
		}
	}

	static Paths find(HealthEndpointGroups groups, PathMappedEndpoints endpoints, Collection<String> more) {
		String healthPath = endpoints.getPath(HEALTH);
		HealthPaths paths = new HealthPaths(groups, (healthPath != null) ? healthPath : "/actuator/health");
		Paths.named(more).onServerPort().forEach(paths::add);
		String basePath = endpoints.getBasePath();
		return new Paths(paths.onServerPort, paths.onManagementPort, basePath.isEmpty() ? "" : basePath + "/");
	}

	private void add(String path) {
		this.onServerPort.add(path);
		this.onManagementPort.add(path);
	}

}
