package io.github.gracefulboot.shutdown;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.DrainParticipant.Role;

import org.springframework.util.ReflectionUtils;

/**
 * A {@link DrainParticipant} with the name that it goes by.
 *
 * @param name its own name or that of its bean
 * @param delegate the participant
 */
public record Participant(String name, DrainParticipant delegate) {

	static Participant of(OwnBeans.Named<DrainParticipant> bean) {
		return new Participant(bean.nameOr(bean.instance().name()), bean.instance());
	}

	Role role() {
		return this.delegate.role();
	}

	void drain(Deadline deadline) throws Exception {
		this.delegate.drain(deadline);
	}

	boolean holdsBack() {
		return this.delegate instanceof HoldsBack holding && holding.holdsBack();
	}

	Duration neededTime() {
		return (this.delegate instanceof NeedsTime needing) ? needing.neededTime() : Duration.ZERO;
	}

	boolean waitsForOthers() {
		return this.delegate instanceof WaitsForOthers waiting && waiting.waitsForOthers();
	}

	void othersWereTold() {
		if (this.delegate instanceof WaitsForOthers waiting) {
			waiting.othersWereTold();
		}
	}

	/**
	 * Returns whether it tells its work in hand, as a lambda does not.
	 * @return whether it has no work if it tells of none
	 */
	boolean tellsWork() {
		Method method = ReflectionUtils.findMethod(this.delegate.getClass(), "activeTasks");
		return method != null && method.getDeclaringClass() != DrainParticipant.class;
	}

	/**
	 * Returns its work in hand.
	 * @return the tasks. One that says so if it cannot tell them.
	 */
	public Collection<ActiveTask> activeTasks() {
		try {
			return this.delegate.activeTasks();
		}
		catch (RuntimeException | Error ex) {
			return List.of(new ActiveTask(this.name + ", whose tasks are unknown: " + ex, null, null));
		}
	}

}
