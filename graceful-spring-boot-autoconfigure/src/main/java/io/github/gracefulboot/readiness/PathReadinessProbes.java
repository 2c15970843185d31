package io.github.gracefulboot.readiness;

import java.util.Collection;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.gracefulboot.traffic.ReadinessProbes;

import org.springframework.util.function.SingletonSupplier;

/**
 * Knows readiness probes by a set of paths, which is asked for when the first request
 * comes: the health groups are complete by then.
 */
final class PathReadinessProbes implements ReadinessProbes {

	private final SingletonSupplier<Paths> paths;

	PathReadinessProbes(Supplier<Paths> paths) {
		this.paths = SingletonSupplier.of(paths);
	}

	@Override
	public Kind classify(String path, boolean managementPort) {
		Paths paths = this.paths.obtain();
		if ((managementPort ? paths.onManagementPort() : paths.onServerPort()).contains(path)) {
			return Kind.READINESS;
		}
		String managementPath = paths.managementPath();
		boolean management = managementPort || (!managementPath.isEmpty() && path.startsWith(managementPath));
		return management ? Kind.MANAGEMENT : Kind.TRAFFIC;
	}

	/**
	 * The paths, each below the context path.
	 *
	 * @param onServerPort the readiness paths of the application's own port
	 * @param onManagementPort the readiness paths of a management port of its own
	 * @param managementPath how the paths of all actuator endpoints begin, such as
	 * {@code /actuator/}, or empty if they cannot be told by that
	 */
	record Paths(Set<String> onServerPort, Set<String> onManagementPort, String managementPath) {

		/**
		 * Takes the paths that the user names.
		 * @param names the paths, with a slash at the beginning or without
		 * @return the paths, on the application's own port
		 */
		static Paths named(Collection<String> names) {
			return new Paths(names.stream().map(Paths::withSlash).collect(Collectors.toSet()), Set.of(), "");
		}

		static String withSlash(String path) {
			return path.startsWith("/") ? path : "/" + path;
		}

	}

}
