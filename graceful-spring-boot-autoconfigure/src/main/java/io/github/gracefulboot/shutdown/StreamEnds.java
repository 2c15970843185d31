package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.GracefulShutdown;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.MethodCode.Loop;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.log.LogMessage;

/**
 * Tells streams that end by themselves, such as the answer of a language model or a
 * download, from feeds: by how those of the same endpoint have ended so far, and else by
 * the code that writes them. A feed ends when its client leaves or its time is over.
 */
public final class StreamEnds {

	private static final Log logger = LogFactory.getLog(StreamEnds.class);

	private final Predicate<String> application;

	private final BooleanSupplier running;

	private final Map<String, Ends> endpoints = new ConcurrentHashMap<>();

	private final LoopCode code = new LoopCode();

	private final Set<String> said = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the rule.
	 * @param application whether a class is the application's, by its name
	 * @param running tells whether no shutdown has begun
	 */
	public StreamEnds(Predicate<String> application, BooleanSupplier running) {
		this.application = application;
		this.running = running;
	}

	/**
	 * Creates the rule of an application.
	 * @param beanFactory its bean factory
	 * @param shutdown its shutdown
	 * @return the rule
	 */
	public static StreamEnds of(BeanFactory beanFactory, GracefulShutdown shutdown) {
		return new StreamEnds(ApplicationClasses.of(beanFactory), () -> shutdown.getStage() == Stage.RUNNING);
	}

	/**
	 * Records that a stream has ended, unless a shutdown has begun, in which the
	 * application may end its feeds itself.
	 * @param endpoint such as the method and the pattern of its path, or empty if the
	 * stream has none
	 * @param age how long it was open
	 * @param byItself whether the application has ended it, rather than its client or a
	 * timeout
	 */
	public void streamEnded(String endpoint, Duration age, boolean byItself) {
		if (!endpoint.isEmpty() && this.running.getAsBoolean()) {
			this.endpoints.computeIfAbsent(endpoint, (key) -> new Ends()).add(age, byItself);
		}
	}

	/**
	 * Tells how a stream will end.
	 * @param endpoint such as the method and the pattern of its path, or empty if the
	 * stream has none
	 * @param source what it is made of
	 * @param age how long it has been open
	 * @param drain when the drain has to be over
	 * @return what is to be expected
	 */
	public Expectation expect(String endpoint, Source source, Duration age, Deadline drain) {
		Ends ends = this.endpoints.get(endpoint);
		boolean isFeed = ends != null && ends.areOfFeed();
		if (source == Source.FINITE || source == Source.CONDITIONAL && !isFeed) {
			return Expectation.ENDS;
		}
		return (ends != null) ? ends.expect(age, age.plus(drain.remaining())) : Expectation.UNKNOWN;
	}

	/**
	 * Returns whether a thread is at a task that comes to an end by itself, as far as the
	 * code of the application tells: in a loop that counts its rounds, or goes through or
	 * reads something, or in none.
	 * @param writer the thread that has written to a stream, or {@code null} if none has
	 * @return {@code false} if it may go on for ever, or runs no code of the application
	 */
	public boolean isAtTask(@Nullable Thread writer) {
		if (writer == null) {
			return false;
		}
		StackTraceElement[] frames = writer.getStackTrace();
		int below = frames.length;
		while (below > 0 && !this.application.test(frames[below - 1].getClassName())) {
			below--;
		}
		List<StackTraceElement> called = List.of(frames).subList(0, below);
		List<StackTraceElement> own = called.stream()
			.filter((frame) -> this.application.test(frame.getClassName()))
			.toList();
		return !own.isEmpty() && this.code.around(List.of(own, called)) != Loop.OPEN;
	}

	/**
	 * Called when a shutdown ends a stream. Says so, once for each endpoint, unless those
	 * are known to have no end: it may have come to one by itself.
	 * @param endpoint such as the method and the pattern of its path, or empty if the
	 * stream has none
	 */
	public void shutdownEnds(String endpoint) {
		Ends ends = this.endpoints.get(endpoint);
		if (!endpoint.isEmpty() && (ends == null || !ends.areOfFeed()) && this.said.add(endpoint)) {
			logger.info(LogMessage.format("Ending streams of %s, which are not known to end by themselves in time",
					endpoint));
		}
	}

	/**
	 * What a stream is made of, as far as that can be seen.
	 */
	public enum Source {

		/**
		 * So many elements.
		 */
		FINITE,

		/**
		 * Elements until a condition holds.
		 */
		CONDITIONAL,

		/**
		 * Anything else.
		 */
		UNKNOWN

	}

	/**
	 * How a stream will end.
	 */
	public enum Expectation {

		/**
		 * By itself: most streams of its endpoint have, and of those that became as old
		 * at least one in ten did within the time that is left.
		 */
		ENDS,

		/**
		 * Not by itself, or not in time.
		 */
		ENDLESS,

		/**
		 * Too few of its endpoint have ended to tell.
		 */
		UNKNOWN

	}

	/**
	 * How the streams of an endpoint have ended.
	 */
	private static final class Ends {

		/**
		 * For how many ends a feed is taken for one.
		 */
		private static final int ENOUGH = 5;

		/**
		 * One in how many has to end in time, so that others are waited for.
		 */
		private static final int IN_TIME = 10;

		/**
		 * How many have ended by themselves, by the logarithm of their age in seconds.
		 */
		private final long[] byItself = new long[Integer.SIZE];

		private long others;

		private synchronized void add(Duration age, boolean byItself) {
			if (byItself) {
				this.byItself[logarithm(age)]++;
			}
			else {
				this.others++;
			}
		}

		private synchronized Expectation expect(Duration age, Duration atEnd) {
			long all = count(0, this.byItself.length - 1);
			if (all <= this.others) {
				return (all + this.others < ENOUGH) ? Expectation.UNKNOWN : Expectation.ENDLESS;
			}
			long asOld = count(logarithm(age), this.byItself.length - 1);
			long inTime = count(logarithm(age), logarithm(atEnd));
			return (inTime * IN_TIME >= asOld) ? Expectation.ENDS : Expectation.ENDLESS;
		}

		private synchronized boolean areOfFeed() {
			return count(0, this.byItself.length - 1) == 0 && this.others >= ENOUGH;
		}

		private long count(int from, int to) {
			return Arrays.stream(this.byItself, from, to + 1).sum();
		}

		private static int logarithm(Duration age) {
			return Integer.SIZE - Integer.numberOfLeadingZeros((int) Math.min(Integer.MAX_VALUE / 2, age.toSeconds()));
		}

	}

}
