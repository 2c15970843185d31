package io.github.gracefulboot.process;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;

/**
 * The applications of one JVM, which end together when the process does: several may have
 * been started, and each may have contexts below it.
 */
final class Applications {

	private static final Applications OF_THIS_JVM = new Applications();

	private final Set<ProcessExit> ready = ConcurrentHashMap.newKeySet();

	static Applications ofThisJvm() {
		return OF_THIS_JVM;
	}

	void add(ProcessExit application) {
		this.ready.add(application);
	}

	void remove(ProcessExit application) {
		this.ready.remove(application);
	}

	/**
	 * Returns all applications.
	 * @param application one that may not be ready
	 * @return those that are ready, and the given one
	 */
	List<ProcessExit> with(ProcessExit application) {
		return Stream.concat(Stream.of(application), this.ready.stream()).distinct().toList();
	}

	/**
	 * Returns those whose context has none above it that would close it.
	 * @return the applications
	 */
	List<ProcessExit> roots() {
		return this.ready.stream().filter((application) -> parentOf(application) == null).toList();
	}

	/**
	 * Returns those whose contexts are directly below another one.
	 * @param application the application with the context above
	 * @return its children
	 */
	List<ProcessExit> childrenOf(ProcessExit application) {
		return this.ready.stream().filter((other) -> parentOf(other) == application).toList();
	}

	private @Nullable ProcessExit parentOf(ProcessExit application) {
		ApplicationContext above = application.context().getParent();
		while (above != null) {
			for (ProcessExit other : this.ready) {
				if (other.context() == above) {
					return other;
				}
			}
			above = above.getParent();
		}
		return null;
	}

}
