package io.github.gracefulboot.messaging.jms;

import java.util.Collection;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.messaging.ListenerContainer;
import io.github.gracefulboot.messaging.WorkingThreads;
import io.github.gracefulboot.shutdown.DaemonThreads;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;
import org.springframework.jms.listener.AbstractMessageListenerContainer;
import org.springframework.jms.listener.DefaultMessageListenerContainer;
import org.springframework.jms.listener.MessageListenerContainer;

/**
 * A container of Spring JMS.
 *
 * @param name the id of the listener
 * @param container the container
 */
record JmsContainer(String name, MessageListenerContainer container) implements ListenerContainer {

	private static final Log logger = LogFactory.getLog(JmsContainer.class);

	/**
	 * How long the destruction of a container still waits for a listener after the
	 * deadline, twice, with an interrupt in between.
	 */
	private static final long DESTROY_MILLIS = 50;

	@Override
	public boolean isRunning() {
		return this.container.isRunning();
	}

	/**
	 * Stops the container. A message that arrives meanwhile must not be rejected, since
	 * the broker may have acknowledged it on receipt. The container is then shut down,
	 * since its threads would otherwise wait for its next start and keep their executor
	 * busy.
	 */
	@Override
	public void stop(Deadline deadline, Runnable whenStopped) {
		if (this.container instanceof DefaultMessageListenerContainer polling) {
			polling.setAcceptMessagesWhileStopping(true);
			Runnable shutDown = () -> shutDown(polling, whenStopped);
			polling.stop(shutDown);
			if (polling.getActiveConsumerCount() == 0) {
				shutDown.run();
			}
		}
		else {
			this.container.stop(whenStopped);
		}
	}

	/**
	 * Shuts the container down on another thread than its own, or leaves that to the end
	 * of its bean if there is none.
	 */
	private void shutDown(DefaultMessageListenerContainer polling, Runnable whenDone) {
		try {
			DaemonThreads.start("graceful-shut-down-" + this.name, () -> {
				polling.shutdown();
				whenDone.run();
			});
		}
		catch (OutOfMemoryError ex) {
			logger.warn(
					LogMessage.format("No thread left to shut down JMS listener %s (%s)", this.name, ex.getMessage()));
			whenDone.run();
		}
	}

	@Override
	public void giveUp() {
		if (this.container instanceof DefaultMessageListenerContainer polling) {
			polling.setReceiveTimeout(DESTROY_MILLIS);
			polling.setAcceptMessagesWhileStopping(false);
		}
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		return WorkingThreads.tasks("JMS listener " + this.name, this::isThreadName,
				AbstractMessageListenerContainer.class.getName());
	}

	private boolean isThreadName(String threadName) {
		return !(this.container instanceof DefaultMessageListenerContainer) || threadName.startsWith(this.name + "-");
	}

}
