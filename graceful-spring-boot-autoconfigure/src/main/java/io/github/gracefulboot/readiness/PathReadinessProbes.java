package io.github.gracefulboot.readiness;

import java.util.Collection;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.gracefulboot.traffic.ReadinessProbes;

import org.springframework.util.function.SingletonSupplier;

/**
 * Recognizes readiness probes by their paths. The paths are determined when the first
 * request arrives, since the health groups are complete by then.
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
	 * The paths, relative to the context path.
	 *
	 * @param onServerPort the readiness paths on the application's port
	 * @param onManagementPort the readiness paths on a separate management port
	 * @param managementPath the common prefix of the paths of all actuator endpoints,
	 * such as {@code /actuator/}, or empty if there is none
	 */
	record Paths(Set<String> onServerPort, Set<String> onManagementPort, String managementPath) {

		/**
		 * Creates the paths from the configured ones.
		 * @param names the paths, with or without a leading slash
		 * @return the paths on the application's port
		 */
		static Paths named(Collection<String> names) {
			return new Paths(names.stream().map(Paths::withSlash).collect(Collectors.toSet()), Set.of(), "");
		}

		static String withSlash(String path) {
			return path.startsWith("/") ? path : "/" + path;
		}

	}

}
