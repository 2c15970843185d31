package io.github.gracefulboot.web.stream;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.github.gracefulboot.shutdown.StreamEnds.Source;
import reactor.core.Scannable;

/**
 * Tells by its operators whether a publisher comes to an end by itself. The names are
 * those that Reactor gives them.
 */
public final class FinitePublisher {

	private static final Set<String> LIMITS = Set.of("limitRequest", "zipIterable");

	/**
	 * What they wait for may be the end of a session that lasts for hours.
	 */
	private static final Set<String> CONDITIONS = Set.of("takeUntil", "takeWhile");

	private static final Set<String> LISTS = Set.of("source(FluxRange)", "source(FluxArray)");

	private static final Set<String> SINGLE = Set.of("source(FluxJust)", "source(FluxCallable)");

	/**
	 * The size of what it goes through is known of a collection only.
	 */
	private static final String ITERABLE = "source(FluxIterable)";

	/**
	 * How the names of operators begin that may go on for ever behind a finite source.
	 */
	private static final List<String> ENDLESS = List.of("flatMap", "switchMap", "switchOnFirst", "repeat", "expand");

	private FinitePublisher() {
	}

	/**
	 * Tells whether a publisher ends by itself: it is limited, or has a source that ends
	 * and nothing behind it that may go on.
	 * @param publisher the publisher, as it was put together
	 * @return what it is by its operators
	 */
	public static Source sourceOf(Object publisher) {
		Scannable last = Scannable.from(publisher);
		List<Scannable> steps = Stream.<Scannable>concat(Stream.of(last), last.parents()).toList();
		List<String> names = steps.stream().map(Scannable::stepName).toList();
		for (String name : names) {
			if (LIMITS.contains(name)) {
				return Source.FINITE;
			}
			if (CONDITIONS.contains(name)) {
				return Source.CONDITIONAL;
			}
			if (ENDLESS.stream().anyMatch(name::startsWith)) {
				return Source.UNKNOWN;
			}
		}
		String source = names.get(names.size() - 1);
		boolean ends = LISTS.contains(source)
				|| source.equals(ITERABLE) && steps.get(steps.size() - 1).scanUnsafe(Scannable.Attr.BUFFERED) != null
				|| SINGLE.contains(source) && names.stream().noneMatch((name) -> name.startsWith("concatMap"));
		return ends ? Source.FINITE : Source.UNKNOWN;
	}

}
