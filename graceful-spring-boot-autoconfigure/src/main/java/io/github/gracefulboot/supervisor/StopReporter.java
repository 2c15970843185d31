package io.github.gracefulboot.supervisor;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.GracefulShutdown;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.shutdown.ActiveTasks;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.StageListener;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Tells supervisors how the stop goes on: what is still running, and that it gets
 * somewhere as long as work ends or the next stage begins. Goes on while beans are
 * destroyed, this one among them.
 */
final class StopReporter implements StageListener, Heartbeat.Work, AopInfrastructureBean {

	private static final int NAMED_TASKS = 3;

	private final GracefulShutdown shutdown;

	private final Heartbeat heartbeat;

	private final AtomicBoolean begun = new AtomicBoolean();

	private int activeTasks;

	private int timesFewer;

	StopReporter(Supervisors supervisors, GracefulShutdown shutdown) {
		this.shutdown = shutdown;
		this.heartbeat = new Heartbeat(supervisors, "graceful-stop-report", this);
	}

	@Override
	public void stageChanged(Change change) {
		if (change.reason().endsProcess() && this.begun.compareAndSet(false, true)) {
			this.heartbeat.start();
		}
	}

	/**
	 * The lame duck stage always gets somewhere: it ends by its own longest wait.
	 */
	@Override
	public Object progress() {
		int activeTasks = this.shutdown.getActiveTasks().size();
		if (activeTasks < this.activeTasks) {
			this.timesFewer++;
		}
		this.activeTasks = activeTasks;
		Stage stage = this.shutdown.getStage();
		return (stage == Stage.LAME_DUCK) ? new Object() : new Progress(stage, this.timesFewer);
	}

	@Override
	public String status() {
		List<ActiveTask> tasks = this.shutdown.getActiveTasks();
		String stage = "Shutting down, stage " + this.shutdown.getStage().id();
		Deadline deadline = this.shutdown.getDeadline();
		String remaining = (deadline != null) ? ", " + Durations.text(deadline.remaining()) + " left" : "";
		return stage + remaining + (tasks.isEmpty() ? "" : ": " + ActiveTasks.describe(tasks, NAMED_TASKS));
	}

	@Override
	public boolean isOverdue() {
		Deadline deadline = this.shutdown.getDeadline();
		return deadline != null && deadline.hasPassed();
	}

	/**
	 * How far the stop has come.
	 */
	private record Progress(Stage stage, int timesFewer) {

	}

}
