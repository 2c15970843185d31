package io.github.gracefulboot.web.stream;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import reactor.core.Scannable;

/**
 * Tells by its operators whether a publisher comes to an end by itself. The names are
 * those that Reactor gives them.
 */
public final class FinitePublisher {

	private static final Set<String> LIMITS = Set.of("limitRequest", "takeUntil", "takeWhile", "zipIterable");

	private static final Set<String> FINITE_SOURCES = Set.of("source(FluxRange)", "source(FluxIterable)",
			"source(FluxArray)", "source(FluxStream)", "source(FluxJust)", "source(FluxCallable)", "source(FluxZip)");

	/**
	 * How the names of operators begin that may go on for ever behind a finite source.
	 */
	private static final List<String> ENDLESS = List.of("flatMap", "switchMap", "repeat", "expand");

	private FinitePublisher() {
	}

	/**
	 * Returns whether a publisher ends by itself: it is limited, or has a source that
	 * ends and nothing behind it that may go on.
	 * @param publisher the publisher, as it was put together
	 * @return {@code false} if it may go on for ever, or that cannot be seen
	 */
	public static boolean is(Object publisher) {
		Scannable last = Scannable.from(publisher);
		List<String> steps = Stream.concat(Stream.of(last), last.parents()).map(Scannable::stepName).toList();
		for (String step : steps) {
			if (LIMITS.contains(step)) {
				return true;
			}
			if (ENDLESS.stream().anyMatch(step::startsWith)) {
				return false;
			}
		}
		return FINITE_SOURCES.contains(steps.get(steps.size() - 1));
	}

}
