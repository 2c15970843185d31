package io.github.gracefulboot.messaging.integration;

import java.lang.Thread.State;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.github.gracefulboot.DrainParticipant.Role;
import io.github.gracefulboot.messaging.MessagingProperties;
import io.github.gracefulboot.shutdown.BusyThread;
import io.github.gracefulboot.shutdown.ExistingBeans;
import io.github.gracefulboot.shutdown.LoopCode;
import io.github.gracefulboot.shutdown.ThreadsAtWork;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.integration.endpoint.PollingConsumer;
import org.springframework.integration.store.MessageGroupQueue;

/**
 * Waits until pollers have emptied the queue channels of Spring Integration, and then
 * prevents further polls. Requests in flight may need the channels until their end, and
 * messages in such a queue are lost with the process, unless the queue is in a message
 * store.
 */
final class QueueChannelDrain implements DrainParticipant, ThreadsAtWork, AopInfrastructureBean {

	private static final String QUEUE = "queue";

	private static final String INTEGRATION = "org.springframework.integration.";

	private final ExistingBeans beans;

	private final HandledMessages handled;

	private final MessagingProperties properties;

	QueueChannelDrain(ExistingBeans beans, HandledMessages handled, MessagingProperties properties) {
		this.beans = beans;
		this.handled = handled;
		this.properties = properties;
	}

	@Override
	public String name() {
		return "queue channels";
	}

	@Override
	public Role role() {
		return Role.QUEUE;
	}

	@Override
	public Collection<ActiveTask> activeTasks() {
		return queues(pollers().values()).stream()
			.filter((queue) -> queue.getQueueSize() > 0)
			.map((queue) -> new ActiveTask("%d messages in %s".formatted(queue.getQueueSize(), queue.getBeanName()),
					null, null))
			.toList();
	}

	@Override
	public void drain(Deadline deadline) throws InterruptedException, TimeoutException {
		Collection<PollingConsumer> pollers = pollers().values();
		Emptiness emptiness = new Emptiness(queues(pollers), this.handled);
		try {
			if (!emptiness.isCertain()) {
				// A poller that waits for the next message keeps a thread of its executor
				// busy
				pollers.forEach((poller) -> poller.setReceiveTimeout(0));
				if (!deadline.await(emptiness::isSeenTwice) && !emptiness.isSeen()) {
					throw new TimeoutException();
				}
			}
		}
		finally {
			stop(pollers);
		}
	}

	@Override
	public Collection<BusyThread> atWork() {
		return List.of();
	}

	/**
	 * Returns whether the thread is in a poller that waits for the next message, which
	 * may take as long as its timeout.
	 */
	@Override
	public boolean isAtLoop(Thread thread) {
		State state = thread.getState();
		return (state == State.WAITING || state == State.TIMED_WAITING) && Arrays.stream(thread.getStackTrace())
			.dropWhile(LoopCode::isOfTheJdk)
			.takeWhile((frame) -> frame.getClassName().startsWith(INTEGRATION))
			.anyMatch((frame) -> frame.getMethodName().equals("receiveMessage"));
	}

	private static void stop(Collection<PollingConsumer> pollers) {
		pollers.forEach((poller) -> poller.setMaxMessagesPerPoll(0));
	}

	private Map<String, PollingConsumer> pollers() {
		return this.beans.ofType(PollingConsumer.class)
			.entrySet()
			.stream()
			.filter((poller) -> poller.getValue().isRunning()
					&& !this.properties.getExclude().contains(poller.getKey()))
			.collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
	}

	private static Set<QueueChannel> queues(Collection<PollingConsumer> pollers) {
		return pollers.stream()
			.map(PollingConsumer::getInputChannel)
			.filter(QueueChannel.class::isInstance)
			.map(QueueChannel.class::cast)
			.filter((channel) -> !isStored(channel))
			.collect(Collectors.toSet());
	}

	/**
	 * Returns whether the messages are in a message store, for which a channel has no
	 * accessor.
	 */
	private static boolean isStored(QueueChannel channel) {
		DirectFieldAccessor fields = new DirectFieldAccessor(channel);
		return fields.isReadableProperty(QUEUE) && fields.getPropertyValue(QUEUE) instanceof MessageGroupQueue;
	}

	/**
	 * Whether the queues are empty. As a message that a poller has just received is not
	 * yet counted as being handled, the state has to be the same twice.
	 */
	private static final class Emptiness {

		private final Set<QueueChannel> queues;

		private final HandledMessages handled;

		private long begunAtLastLook = -1;

		private Emptiness(Set<QueueChannel> queues, HandledMessages handled) {
			this.queues = queues;
			this.handled = handled;
		}

		private boolean isCertain() {
			return this.queues.isEmpty();
		}

		private boolean isSeen() {
			return this.handled.areAllEnded() && this.queues.stream().allMatch((queue) -> queue.getQueueSize() == 0);
		}

		private boolean isSeenTwice() {
			long begun = this.handled.begun();
			boolean seen = isSeen();
			boolean same = begun == this.begunAtLastLook;
			this.begunAtLastLook = seen ? begun : -1;
			return seen && same;
		}

	}

}
