package io.github.gracefulboot.test;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;

import io.github.gracefulboot.test.FailedRequest.Fate;
import io.github.gracefulboot.test.load.Failure;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.load.Success;
import org.assertj.core.api.AssertProvider;

/**
 * What became of the requests that were sent while something was done to a fleet, and how
 * its processes stopped.
 */
public final class RestartResult implements AssertProvider<RestartResultAssert> {

	/**
	 * Of so many events, none was seen although they come once in n trials, with a
	 * probability of 5 % (the rule of three: Hanley and Lippman-Hand, JAMA 249, 1983).
	 */
	private static final int RULE_OF_THREE = 3;

	private static final int SHOWN = 20;

	private final String what;

	private final Path directory;

	private final Instant began;

	private final LoadReport report;

	private final List<StopResult> stops;

	private final List<Restart> restarts;

	private final List<FailedRequest> failures;

	RestartResult(String what, Path directory, Instant began, LoadReport report, List<StopResult> stops,
			List<Restart> restarts) {
		this.what = what;
		this.directory = directory;
		this.began = began;
		this.report = report;
		this.stops = List.copyOf(stops);
		this.restarts = List.copyOf(restarts);
		this.failures = report.failures().stream().map(this::failed).toList();
	}

	private RestartResult(RestartResult other, List<FailedRequest> failures) {
		this.what = other.what;
		this.directory = other.directory;
		this.began = other.began;
		this.report = other.report;
		this.stops = other.stops;
		this.restarts = other.restarts;
		this.failures = failures;
	}

	private FailedRequest failed(Failure failure) {
		return new FailedRequest(failure.at(), failure.number(), failure.request().toString(), failure.kind(),
				failure.cause(), stageAt(failure.at()), failure.mayHaveBeenExecuted() ? Fate.UNKNOWN : Fate.LOST);
	}

	private String stageAt(Instant time) {
		return this.stops.stream()
			.flatMap((stop) -> stop.stageAt(time).stream())
			.findFirst()
			.orElseGet(() -> isStarting(time) ? "starting" : "running");
	}

	private boolean isStarting(Instant time) {
		return this.restarts.stream()
			.anyMatch((restart) -> time.isAfter(restart.stop().getEndedAt()) && time.isBefore(restart.readyAt()));
	}

	/**
	 * Asks the application which of the requests were executed that may have been: of
	 * those, only the answer was lost, and the others were lost.
	 * @param executed says by the number of a request whether it was executed
	 * @return the result in which no request is unknown any more
	 */
	public RestartResult judgedBy(LongPredicate executed) {
		return new RestartResult(this,
				this.failures.stream()
					.map((failure) -> (failure.fate() != Fate.UNKNOWN) ? failure
							: failure.withFate(executed.test(failure.number()) ? Fate.UNANSWERED : Fate.LOST))
					.toList());
	}

	/**
	 * Returns how many requests were sent.
	 * @return the number of those that were answered or failed
	 */
	public long sent() {
		return this.report.total();
	}

	/**
	 * Returns the requests that failed.
	 * @return the requests, oldest first
	 */
	public List<FailedRequest> failures() {
		return this.failures;
	}

	/**
	 * Returns the requests that were lost.
	 * @return the requests, oldest first
	 */
	public List<FailedRequest> lost() {
		return withFate(Fate.LOST);
	}

	/**
	 * Returns the requests of which nobody knows whether they were executed.
	 * @return the requests, oldest first
	 */
	public List<FailedRequest> unknown() {
		return withFate(Fate.UNKNOWN);
	}

	/**
	 * Returns the requests that were executed, as {@link #judgedBy(LongPredicate)} says,
	 * and not answered.
	 * @return the requests, oldest first
	 */
	public List<FailedRequest> unanswered() {
		return withFate(Fate.UNANSWERED);
	}

	private List<FailedRequest> withFate(Fate fate) {
		return this.failures.stream().filter((failure) -> failure.fate() == fate).toList();
	}

	/**
	 * Returns the numbers of the requests that change something, such as POST and PUT,
	 * and were answered with a status of 2xx: what they did has to be there.
	 * @return the numbers that their bodies were made of
	 */
	public List<Long> acknowledged() {
		return this.report.successes()
			.stream()
			.filter((success) -> !success.request().isSafe())
			.map(Success::number)
			.toList();
	}

	/**
	 * Returns how the processes stopped.
	 * @return the stops, in their order
	 */
	public List<StopResult> stops() {
		return this.stops;
	}

	/**
	 * Returns a latency that a share of the requests that were answered did not exceed.
	 * @param share from 0 to 1, such as 0.99
	 * @return the latency
	 */
	public Duration latency(double share) {
		return this.report.latency(share);
	}

	/**
	 * Returns how many requests were answered or failed while processes stopped.
	 * @return the number of requests from each signal to the end of the process
	 */
	public long sentDuringStops() {
		List<Instant> times = new ArrayList<>();
		this.report.successes().forEach((success) -> times.add(success.at()));
		this.report.failures().forEach((failure) -> times.add(failure.at()));
		return times.stream()
			.filter((time) -> this.stops.stream().anyMatch((stop) -> stop.stageAt(time).isPresent()))
			.count();
	}

	/**
	 * Compares with the same without the starter.
	 * @param without the result without it
	 * @return a table in Markdown
	 */
	public String comparedWith(RestartResult without) {
		return "| | without | with |%n|---|---|---|%n".formatted() + row("requests", without.sent(), sent())
				+ row("failed", without.failures().size(), failures().size())
				+ row("of them lost", without.lost().size(), lost().size())
				+ row("of them unknown", without.unknown().size(), unknown().size())
				+ row("stops", without.stops().size(), stops().size())
				+ row("a stop took, median", millis(without.medianStop()), millis(medianStop()))
				+ row("p99 of the answers", millis(without.latency(0.99)), millis(latency(0.99)));
	}

	private static String row(String name, Object without, Object with) {
		return "| %s | %s | %s |%n".formatted(name, without, with);
	}

	private static String millis(Duration duration) {
		return duration.toMillis() + " ms";
	}

	private Duration medianStop() {
		List<Duration> sorted = this.stops.stream().map(StopResult::getTook).sorted().toList();
		return sorted.isEmpty() ? Duration.ZERO : sorted.get(sorted.size() / 2);
	}

	/**
	 * Says how sure one can be.
	 */
	private String bound() {
		if (!this.failures.isEmpty() || sent() < RULE_OF_THREE) {
			return "";
		}
		return ": with 95 %% confidence fewer than 1 in %s".formatted(grouped(sent() / RULE_OF_THREE));
	}

	private static String grouped(long number) {
		return String.format(Locale.ROOT, "%,d", number);
	}

	/**
	 * Counts failures by how and when they happened.
	 */
	private Map<String, Long> failuresByLabel() {
		return this.failures.stream()
			.collect(Collectors.groupingBy(FailedRequest::label, TreeMap::new, Collectors.counting()));
	}

	@Override
	public RestartResultAssert assertThat() {
		return new RestartResultAssert(this);
	}

	/**
	 * Says what was done, what it cost and how sure that is, in several lines.
	 */
	@Override
	public String toString() {
		StringBuilder text = new StringBuilder();
		text.append("%s of %s requests failed%s%n".formatted(grouped(this.failures.size()), grouped(sent()), bound()));
		text.append("%s%n%s%n".formatted(this.what, this.report.load()));
		text.append("answered within %d ms in the median, %d ms at 99 %%, %d ms at most%n"
			.formatted(latency(0.5).toMillis(), latency(0.99).toMillis(), latency(1).toMillis()));
		failuresByLabel().forEach((label, count) -> text.append("  %d x %s%n".formatted(count, label)));
		this.failures.stream().limit(SHOWN).forEach((failure) -> text.append("  %s%n".formatted(failure)));
		if (this.failures.size() > SHOWN) {
			text.append("  and %d more%n".formatted(this.failures.size() - SHOWN));
		}
		this.stops.forEach((stop) -> text.append("stop of %s%n".formatted(stop)));
		text.append("logs and reports: %s%n".formatted(this.directory));
		return text.toString();
	}

	/**
	 * Tells what happened when, as a table in Markdown with what was answered and what
	 * failed since the line before.
	 * @return the table
	 */
	public String timeline() {
		List<Event> events = new ArrayList<>();
		events.add(new Event(this.began, "load"));
		for (StopResult stop : this.stops) {
			String asked = stop.getSignal().map(Signal::name).orElse("successor started");
			events.add(new Event(stop.getBeganAt(), "%s: %s".formatted(stop.getInstance(), asked)));
			stop.getStages()
				.forEach((stage) -> events
					.add(new Event(stage.startedAt(), "%s: %s".formatted(stop.getInstance(), stage.stage()))));
			events.add(
					new Event(stop.getEndedAt(), "%s: exit code %d".formatted(stop.getInstance(), stop.getExitCode())));
		}
		this.restarts.forEach((restart) -> events
			.add(new Event(restart.readyAt(), restart.stop().getInstance() + ": next one ready")));
		events.sort(Comparator.comparing(Event::at));
		StringBuilder table = new StringBuilder("| after | | answered | failed |%n|---|---|---|---|%n".formatted());
		Instant last = Instant.MIN;
		for (Event event : events) {
			table.append("| %d ms | %s | %d | %d |%n".formatted(Duration.between(this.began, event.at()).toMillis(),
					event.what(), answered(last, event.at()), failed(last, event.at())));
			last = event.at();
		}
		return table.append("| | end | %d | %d |%n".formatted(answered(last, Instant.MAX), failed(last, Instant.MAX)))
			.toString();
	}

	private long answered(Instant from, Instant to) {
		return this.report.successes().stream().filter((one) -> isWithin(one.at(), from, to)).count();
	}

	private long failed(Instant from, Instant to) {
		return this.failures.stream().filter((one) -> isWithin(one.at(), from, to)).count();
	}

	private static boolean isWithin(Instant time, Instant from, Instant to) {
		return time.isAfter(from) && !time.isAfter(to);
	}

	/**
	 * Something that happened to a process.
	 *
	 * @param at when
	 * @param what what it was
	 */
	private record Event(Instant at, String what) {

	}

}
