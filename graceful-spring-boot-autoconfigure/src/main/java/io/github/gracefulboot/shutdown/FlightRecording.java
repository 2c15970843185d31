package io.github.gracefulboot.shutdown;

import java.util.List;

import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.traffic.Traffic.Answer;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/**
 * Events of a shutdown for Java Flight Recorder. Loaded only where it records.
 */
final class FlightRecording implements StageListener {

	private static final String CATEGORY = "Graceful shutdown";

	private final ShutdownSequence shutdown;

	private final ShutdownEvent whole = new ShutdownEvent();

	private @Nullable StageEvent stage;

	FlightRecording(ShutdownSequence shutdown) {
		this.shutdown = shutdown;
		this.whole.begin();
	}

	@Override
	public synchronized void stageChanged(Change change) {
		endStage(change.previous());
		StageEvent event = new StageEvent();
		event.stage = change.stage().id();
		event.begin();
		this.stage = event;
	}

	private void endStage(Stage stage) {
		StageEvent event = this.stage;
		if (event != null) {
			event.end();
			Timeline.End end = this.shutdown.getTimeline().endOf(stage);
			event.how = (end != null) ? end.how().toString() : null;
			event.commit();
			this.stage = null;
		}
	}

	@Override
	public synchronized void ended(Ending ending) {
		endStage(this.shutdown.getStage());
		StopReason reason = this.shutdown.getReason();
		List<LostWork> lost = this.shutdown.getLostWork();
		this.whole.reason = (reason != null) ? reason.id() : null;
		this.whole.source = this.shutdown.getSource();
		this.whole.outcome = ending.outcome().toString();
		this.whole.lost = lost.size();
		this.whole.commit();
	}

	void lost(LostWork work) {
		LostWorkEvent event = new LostWorkEvent();
		event.stage = this.shutdown.getStage().id();
		event.work = work.what();
		event.thread = work.thread();
		event.stack = String.join(System.lineSeparator(), work.stack());
		event.abandoned = work.abandoned();
		event.commit();
	}

	void answered(Answer answer) {
		ProbeEvent event = new ProbeEvent();
		event.address = answer.client().address();
		event.userAgent = answer.client().userAgent();
		event.ready = answer.ready();
		event.commit();
	}

	/**
	 * A whole shutdown.
	 */
	@Name("graceful.Shutdown")
	@Label("Shutdown")
	@Description("A shutdown, from the announce to its outcome")
	@Category(CATEGORY)
	@StackTrace(false)
	static final class ShutdownEvent extends Event {

		@Label("Reason")
		@Nullable String reason;

		@Label("Source")
		@Description("Who asked for it")
		@Nullable String source;

		@Label("Outcome")
		@Nullable String outcome;

		@Label("Lost Work")
		@Description("How much work was cut off or abandoned")
		int lost;

	}

	/**
	 * A stage.
	 */
	@Name("graceful.Stage")
	@Label("Shutdown Stage")
	@Category(CATEGORY)
	@StackTrace(false)
	static final class StageEvent extends Event {

		@Label("Stage")
		@Nullable String stage;

		@Label("How It Ended")
		@Nullable String how;

	}

	/**
	 * An answer to somebody who asked for readiness.
	 */
	@Name("graceful.Probe")
	@Label("Readiness Probe")
	@Description("A readiness probe that was answered during a shutdown")
	@Category(CATEGORY)
	@StackTrace(false)
	static final class ProbeEvent extends Event {

		@Label("Address")
		@Nullable String address;

		@Label("User-Agent")
		@Nullable String userAgent;

		@Label("Ready")
		@Description("Whether the answer was that the application is ready")
		boolean ready;

	}

	/**
	 * A piece of work that was lost.
	 */
	@Name("graceful.LostWork")
	@Label("Lost Work")
	@Description("A request or other work that was cut off or abandoned")
	@Category(CATEGORY)
	@StackTrace(false)
	static final class LostWorkEvent extends Event {

		@Label("Stage")
		@Nullable String stage;

		@Label("Work")
		@Nullable String work;

		@Label("Thread")
		@Nullable String thread;

		@Label("Stack")
		@Nullable String stack;

		@Label("Abandoned")
		@Description("Whether the shutdown did not wait for it")
		boolean abandoned;

	}

}
