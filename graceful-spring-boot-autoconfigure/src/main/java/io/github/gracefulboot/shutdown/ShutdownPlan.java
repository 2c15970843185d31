package io.github.gracefulboot.shutdown;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Collectors;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant.Role;
import io.github.gracefulboot.Stage;
import org.jspecify.annotations.Nullable;

/**
 * What a shutdown will do, in this order: what brings work in is drained before what does
 * it, and that before Spring stops its lifecycle beans and what the work uses is waited
 * for.
 *
 * @param steps the steps, each of which begins when the one before is over
 */
public record ShutdownPlan(List<Step> steps) {

	private static final String DESTROY = "destroy beans";

	/**
	 * Plans a shutdown.
	 * @param budget how the time is shared out
	 * @param announcers the names of those who tell others that this instance leaves
	 * @param lameDuck whether there is a lame duck stage
	 * @param participants who takes part
	 * @param phases the names of the lifecycle beans by their phase, the highest first
	 * @return the plan
	 */
	static ShutdownPlan of(Budget budget, List<String> announcers, boolean lameDuck, List<Participant> participants,
			SortedMap<Integer, List<String>> phases) {
		Deadline stop = Deadline.after(() -> 0, budget.timeout());
		Duration drain = budget.drain(stop).remaining();
		Duration work = budget.work(stop).remaining();
		Duration release = budget.release(stop).remaining();
		List<Step> steps = new ArrayList<>();
		steps.add(new Step(Stage.ANNOUNCE, "tell", null, announcers, drain));
		if (lameDuck) {
			steps.add(new Step(Stage.LAME_DUCK, "keep serving", null, List.of(),
					Durations.shorter(budget.lameDuckMax(), drain)));
		}
		steps.add(Step.drain(Role.INTAKE, participants, drain));
		steps.add(Step.drain(Role.QUEUE, participants, drain));
		steps.add(Step.drain(Role.WORKER, participants, work));
		phases.forEach((phase, beans) -> {
			if (phase > ShutdownPhase.RELEASE) {
				steps.add(new Step(Stage.RELEASE, "stop", phase, beans, release));
			}
		});
		steps.add(Step.drain(Role.RESOURCE, participants, release));
		phases.forEach((phase, beans) -> {
			if (phase < ShutdownPhase.RELEASE) {
				steps.add(new Step(Stage.EXIT, "stop", phase, beans, budget.timeout()));
			}
		});
		steps.add(new Step(Stage.EXIT, DESTROY, null, List.of(), budget.timeout()));
		return new ShutdownPlan(steps.stream().filter(Step::doesAnything).toList());
	}

	/**
	 * Describes the plan in a line. Lifecycle beans are only counted.
	 * @return such as
	 * {@code announce; drain web server; drain executors; stop 7 lifecycle
	 * beans; drain database connections; destroy beans}
	 */
	public String summary() {
		List<String> parts = new ArrayList<>();
		int beans = 0;
		for (Step step : this.steps) {
			if (step.phase() != null) {
				beans += step.who().size();
				continue;
			}
			if (beans > 0) {
				parts.add("stop " + beans + ((beans == 1) ? " lifecycle bean" : " lifecycle beans"));
				beans = 0;
			}
			parts.add(step.summary());
		}
		return String.join("; ", parts);
	}

	/**
	 * Lists the plan, a step in each line.
	 */
	@Override
	public String toString() {
		return this.steps.stream().map(Step::toString).collect(Collectors.joining(System.lineSeparator()));
	}

	/**
	 * One step.
	 *
	 * @param stage the stage it belongs to
	 * @param action what is done: {@code tell}, {@code keep serving}, {@code drain},
	 * {@code stop} or {@code destroy beans}
	 * @param phase the phase of Spring's lifecycle, or {@code null} if it is none
	 * @param who with whom, all at once
	 * @param by when it is over at the latest, counted from the beginning of the stop
	 */
	public record Step(Stage stage, String action, @Nullable Integer phase, List<String> who, Duration by) {

		private static Step drain(Role role, List<Participant> participants, Duration by) {
			return new Step(role.stage(), "drain", null,
					participants.stream()
						.filter((participant) -> participant.role() == role)
						.map(Participant::name)
						.toList(),
					by);
		}

		private String summary() {
			return switch (this.stage) {
				case ANNOUNCE -> "announce";
				case LAME_DUCK -> "keep serving for up to " + Durations.text(this.by);
				default -> (this.action + " " + String.join(", ", this.who)).strip();
			};
		}

		private boolean doesAnything() {
			return !this.who.isEmpty() || this.stage == Stage.LAME_DUCK || this.action.equals(DESTROY);
		}

		@Override
		public String toString() {
			return "%-9s  by %9s  %s%s%s".formatted(this.stage.id(), Durations.text(this.by), this.action,
					(this.phase != null) ? " phase " + this.phase : "",
					this.who.isEmpty() ? "" : ": " + String.join(", ", this.who));
		}

	}

}
