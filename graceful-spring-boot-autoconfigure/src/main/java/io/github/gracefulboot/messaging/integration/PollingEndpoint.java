package io.github.gracefulboot.messaging.integration;

import java.util.Collection;
import java.util.List;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.messaging.ListenerContainer;

import org.springframework.integration.endpoint.AbstractPollingEndpoint;

/**
 * An inbound poller of Spring Integration. Since stopping it would interrupt the current
 * poll, it is prevented from polling again, and the current poll, a task of its scheduler
 * or executor, is waited for with the other tasks of these.
 *
 * @param name the name of the bean
 * @param endpoint the endpoint
 */
record PollingEndpoint(String name, AbstractPollingEndpoint endpoint) implements ListenerContainer {

	@Override
	public boolean isRunning() {
		return this.endpoint.isRunning();
	}

	@Override
	public void stop(Deadline deadline, Runnable whenStopped) {
		this.endpoint.setMaxMessagesPerPoll(0);
		whenStopped.run();
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		return List.of();
	}

}
