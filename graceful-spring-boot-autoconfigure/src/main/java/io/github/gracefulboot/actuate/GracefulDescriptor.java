package io.github.gracefulboot.actuate;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.Budget;
import io.github.gracefulboot.shutdown.Finding;
import io.github.gracefulboot.shutdown.HandOver.Generation;
import io.github.gracefulboot.shutdown.LastReport;
import io.github.gracefulboot.shutdown.ShutdownPlan;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.Timeline;
import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.Printable;
import io.github.gracefulboot.traffic.Prober;
import io.github.gracefulboot.traffic.ToldBalancer;
import io.github.gracefulboot.traffic.Traffic;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What the endpoint tells. What comes from outside, such as the path of a request, is
 * shown on one line and cut.
 *
 * @param stage the stage of the shutdown
 * @param reason why it has begun, or {@code null} until it does
 * @param readiness the readiness state
 * @param maintenance whether traffic is refused until somebody takes that back
 * @param plan the steps of a shutdown that would begin now
 * @param inFlightCount how much work is in hand
 * @param inFlight the work in hand, the oldest first, and not all if there is much
 * @param budget how the time is shared out
 * @param probers who asks for readiness
 * @param balancers the load balancers that are told
 * @param supervisors the names of the supervisors that are told
 * @param stages the stages that have begun
 * @param findings settings that contradict what the starter is there for
 * @param takenOverFrom the process that this one took the port over from, or {@code null}
 * @param handedOverTo the process that took the port over from this one, or {@code null}
 * @param lastReport how the shutdown before the start of this process went, or
 * {@code null} if that is not known
 */
record GracefulDescriptor(String stage, @Nullable String reason, String readiness, boolean maintenance, List<Step> plan,
		int inFlightCount, List<Task> inFlight, BudgetShares budget, List<ProberState> probers,
		List<BalancerState> balancers, List<String> supervisors, List<StageState> stages, List<Finding> findings,
		@Nullable Generation takenOverFrom, @Nullable Generation handedOverTo,
		LastReport.@Nullable Summary lastReport) implements OperationResponseBody {

	private static final int MOST_TASKS = 100;

	static GracefulDescriptor of(ShutdownSequence shutdown, String readiness, boolean maintenance, ShutdownPlan plan,
			Traffic traffic, List<String> supervisors, List<Finding> findings,
			LastReport.@Nullable Summary lastReport) {
		StopReason reason = shutdown.getReason();
		List<ActiveTask> tasks = shutdown.getActiveTasks();
		return new GracefulDescriptor(shutdown.getStage().id(), (reason != null) ? reason.id() : null, readiness,
				maintenance, plan.steps().stream().map(Step::of).toList(), tasks.size(),
				tasks.stream().sorted(oldestFirst()).limit(MOST_TASKS).map(Task::of).toList(),
				BudgetShares.of(shutdown.getBudget(), shutdown.getDeadline()),
				traffic.activeProbers().stream().map((prober) -> ProberState.of(prober, traffic)).toList(),
				traffic.balancers().stream().map(BalancerState::of).toList(), supervisors,
				shutdown.getTimeline().entries().stream().map(StageState::of).toList(), findings,
				shutdown.getTakenOverFrom(), shutdown.getHandedOverTo(), lastReport);
	}

	private static Comparator<ActiveTask> oldestFirst() {
		return Comparator
			.comparing(ActiveTask::age, Comparator.nullsFirst(Comparator.<@Nullable Duration>naturalOrder()))
			.reversed();
	}

	private static Duration millis(Duration duration) {
		return duration.truncatedTo(ChronoUnit.MILLIS);
	}

	/**
	 * A step of the shutdown.
	 *
	 * @param stage the stage it belongs to
	 * @param action what is done
	 * @param phase the phase of Spring's lifecycle, or {@code null} if it is none
	 * @param who with whom, all at once
	 * @param by when it is over at the latest, counted from the beginning of the shutdown
	 */
	record Step(String stage, String action, @Nullable Integer phase, List<String> who, Duration by) {

		private static Step of(ShutdownPlan.Step step) {
			return new Step(step.stage().id(), step.action(), step.phase(), step.who(), millis(step.by()));
		}

	}

	/**
	 * A piece of work in hand.
	 *
	 * @param description what it is, such as {@code POST /orders}
	 * @param age how long it has been going on, or {@code null} if that is not known
	 * @param thread the name of the thread that works on it, or {@code null} if that is
	 * not known
	 */
	record Task(String description, @Nullable Duration age, @Nullable String thread) {

		private static Task of(ActiveTask task) {
			Duration age = task.age();
			Thread thread = task.thread();
			return new Task(Printable.text(task.description()), (age != null) ? millis(age) : null,
					(thread != null) ? Printable.text(thread.getName()) : null);
		}

	}

	/**
	 * How the time is shared out.
	 *
	 * @param total the whole time
	 * @param remaining what is left of it, or {@code null} until a shutdown begins
	 * @param lameDuckMax the most that the lame duck stage takes
	 * @param reserve what is kept for release and exit
	 */
	record BudgetShares(Duration total, @Nullable Duration remaining, Duration lameDuckMax, Duration reserve) {

		private static BudgetShares of(Budget budget, @Nullable Deadline deadline) {
			return new BudgetShares(millis(budget.timeout()), (deadline != null) ? millis(deadline.remaining()) : null,
					millis(budget.lameDuckMax()), millis(budget.reserve()));
		}

	}

	/**
	 * Somebody who asks for readiness.
	 *
	 * @param address the remote address
	 * @param userAgent what it calls itself, or {@code null}
	 * @param kind {@code kubelet} and {@code monitor}, which route no requests,
	 * {@code balancer}, which is known to or was seen to, {@code local} for a health
	 * check on the same machine, or {@code unknown}
	 * @param period the time between two of its probes
	 * @param failuresInARow how many of its last answers said not ready
	 * @param successesInARow how many of its last answers said ready
	 */
	record ProberState(String address, @Nullable String userAgent, String kind, Duration period, int failuresInARow,
			int successesInARow) {

		static ProberState of(Prober prober, Traffic traffic) {
			Client client = prober.client();
			return new ProberState(client.address(), client.userAgent(), traffic.kindOf(client).id(),
					millis(prober.period()), prober.failuresInARow(), prober.successesInARow());
		}

	}

	/**
	 * A load balancer that is told.
	 *
	 * @param name its name
	 * @param answer what it made of it: {@code pending}, {@code draining},
	 * {@code drained} or {@code unknown}, as while it is to send requests
	 */
	record BalancerState(String name, String answer) {

		private static BalancerState of(ToldBalancer balancer) {
			return new BalancerState(balancer.toString(), balancer.answer().name().toLowerCase(Locale.ROOT));
		}

	}

	/**
	 * A stage that has begun.
	 *
	 * @param stage the stage
	 * @param startedAt when it began
	 * @param took how long it took, or {@code null} while it goes on
	 * @param end how it ended, or {@code null} while it goes on
	 */
	record StageState(String stage, Instant startedAt, @Nullable Duration took, @Nullable String end) {

		private static StageState of(Timeline.Entry entry) {
			Timeline.End end = entry.end();
			return new StageState(entry.stage().id(), entry.startedAt(), (end != null) ? millis(end.took()) : null,
					(end != null) ? Printable.text(end.how().toString()) : null);
		}

	}

}
