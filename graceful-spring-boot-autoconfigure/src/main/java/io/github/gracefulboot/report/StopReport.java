package io.github.gracefulboot.report;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import io.github.gracefulboot.Outcome;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.Budget;
import io.github.gracefulboot.shutdown.HandOver.Generation;
import io.github.gracefulboot.shutdown.LostWork;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.StageListener.Ending;
import io.github.gracefulboot.shutdown.Timeline;
import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.Traffic;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonWriter;

/**
 * The report of a shutdown, over or under way. Its fields are those of
 * {@code docs/stop-report.schema.json}: instants and durations as in ISO 8601, names as
 * in meters and endpoints.
 *
 * @param fields what it says
 */
record StopReport(Map<String, Object> fields) {

	/**
	 * Raised when a field changes its meaning or goes. New fields may come without it.
	 */
	static final int VERSION = 1;

	/**
	 * What {@code outcome} says as long as the shutdown has not ended. A process that was
	 * killed leaves it so.
	 */
	static final String UNFINISHED = "unfinished";

	/**
	 * Reports what has happened so far.
	 * @param instance whose shutdown it is
	 * @param startedAt when it began
	 * @param shutdown the shutdown
	 * @param ending how it went, or {@code null} while it is under way
	 * @param traffic knows who asked for readiness
	 * @param inFlight the work in flight over time
	 * @return the report
	 */
	static StopReport of(Instance instance, Instant startedAt, ShutdownSequence shutdown, @Nullable Ending ending,
			Traffic traffic, List<Sample> inFlight) {
		StopReason reason = Objects.requireNonNull(shutdown.getReason());
		Outcome outcome = (ending != null) ? ending.outcome() : null;
		Instant now = Instant.now();
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("version", VERSION);
		fields.put("application", instance.application());
		fields.put("host", instance.host());
		fields.put("pid", instance.pid());
		generation(fields, "takenOverFrom", shutdown.getTakenOverFrom());
		generation(fields, "handedOverTo", shutdown.getHandedOverTo());
		fields.put("reason", reason.id());
		fields.put("source", shutdown.getSource());
		fields.put("outcome", (outcome != null) ? outcome.toString() : UNFINISHED);
		fields.put("line", (ending != null) ? ending.line() : "");
		fields.put("startedAt", startedAt);
		fields.put("endedAt", now);
		fields.put("took", (ending != null) ? ending.took() : Duration.between(startedAt, now));
		fields.put("budget", budget(shutdown.getBudget()));
		fields.put("stages", shutdown.getTimeline().entries().stream().map(StopReport::stage).toList());
		fields.put("participants",
				shutdown.getTimeline().participants().stream().map(StopReport::participant).toList());
		fields.put("inFlight", inFlight.stream().map(StopReport::sample).toList());
		fields.put("probes", traffic.answers().stream().map((answer) -> probe(answer, traffic)).toList());
		fields.put("lost", shutdown.getLostWork().stream().map(StopReport::lost).toList());
		return new StopReport(fields);
	}

	private static void generation(Map<String, Object> fields, String name, @Nullable Generation generation) {
		if (generation != null) {
			fields.put(name, Map.of("pid", generation.pid(), "at", generation.at()));
		}
	}

	private static Map<String, Object> budget(Budget budget) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("timeout", budget.timeout());
		fields.put("lameDuckMax", budget.lameDuckMax());
		fields.put("reserve", budget.reserve());
		return fields;
	}

	private static Map<String, Object> stage(Timeline.Entry entry) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("stage", entry.stage().id());
		fields.put("startedAt", entry.startedAt());
		Timeline.End end = entry.end();
		if (end != null) {
			fields.put("took", end.took());
			fields.put("result", end.how().result().name().toLowerCase(Locale.ROOT).replace('_', '-'));
			fields.put("because", end.how().toString());
		}
		return fields;
	}

	private static Map<String, Object> participant(Timeline.Drained drained) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("name", drained.name());
		fields.put("role", drained.role().name().toLowerCase(Locale.ROOT));
		fields.put("startedAt", drained.startedAt());
		fields.put("took", drained.took());
		fields.put("finished", drained.finished());
		return fields;
	}

	private static Map<String, Object> sample(Sample sample) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("at", sample.at());
		fields.put("count", sample.count());
		return fields;
	}

	private static Map<String, Object> probe(Traffic.Answer answer, Traffic traffic) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("at", answer.at());
		Client client = answer.client();
		fields.put("address", client.address());
		if (client.userAgent() != null) {
			fields.put("userAgent", client.userAgent());
		}
		fields.put("kind", traffic.kindOf(client).id());
		fields.put("ready", answer.ready());
		return fields;
	}

	private static Map<String, Object> lost(LostWork work) {
		Map<String, Object> fields = new LinkedHashMap<>();
		fields.put("how", work.abandoned() ? "abandoned" : "cut-off");
		fields.put("what", work.what());
		if (work.thread() != null) {
			fields.put("thread", work.thread());
		}
		fields.put("stack", work.stack());
		return fields;
	}

	/**
	 * Writes the report.
	 * @return a JSON object
	 */
	String toJson() {
		return JsonWriter.<Map<String, Object>>standard().writeToString(this.fields);
	}

	/**
	 * How much work was in flight at some time.
	 *
	 * @param at when that was
	 * @param count the number of tasks
	 */
	record Sample(Instant at, int count) {

	}

}
