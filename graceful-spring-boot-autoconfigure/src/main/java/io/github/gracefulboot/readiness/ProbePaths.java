package io.github.gracefulboot.readiness;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

import io.github.gracefulboot.traffic.ReadinessProbes.Kind;

/**
 * The paths, relative to the context path, by which requests are told apart.
 */
interface ProbePaths {

	/**
	 * Classifies a request, whether traffic is refused or not.
	 * @param path the path
	 * @param managementPort whether the request came to a management port of its own
	 * @return what the request is, neither {@link Kind#REFUSED} nor {@link Kind#ACCEPTED}
	 */
	Kind classify(String path, boolean managementPort);

	/**
	 * Returns whether the application surely answers a request for readiness with a
	 * failure while it refuses traffic, and more than that.
	 * @param path the path
	 * @return whether the application can be left to answer
	 */
	boolean saysByItself(String path);

	/**
	 * Without Actuator: only the configured paths are requests for readiness.
	 * @param names the paths, with or without a leading slash
	 * @return the paths
	 */
	static ProbePaths named(Collection<String> names) {
		Set<String> paths = withSlash(names);
		return new ProbePaths() {

			@Override
			public Kind classify(String path, boolean managementPort) {
				return paths.contains(path) ? Kind.READINESS : Kind.TRAFFIC;
			}

			@Override
			public boolean saysByItself(String path) {
				return false;
			}

		};
	}

	static Set<String> withSlash(Collection<String> paths) {
		return paths.stream().map(ProbePaths::withSlash).collect(Collectors.toSet());
	}

	static String withSlash(String path) {
		return path.startsWith("/") ? path : "/" + path;
	}

}
