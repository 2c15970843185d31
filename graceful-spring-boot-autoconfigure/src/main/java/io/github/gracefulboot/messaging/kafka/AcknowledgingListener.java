package io.github.gracefulboot.messaging.kafka;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.github.gracefulboot.messaging.Decorator;
import io.github.gracefulboot.messaging.UnacknowledgedMessages;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.ContainerProperties.AckMode;
import org.springframework.kafka.listener.DelegatingMessageListener;
import org.springframework.kafka.listener.GenericMessageListener;
import org.springframework.kafka.listener.MessageListenerContainer;
import org.springframework.kafka.listener.adapter.AsyncRepliesAware;
import org.springframework.kafka.listener.adapter.MessagingMessageListenerAdapter;
import org.springframework.kafka.support.Acknowledgment;

/**
 * Decorates listeners that acknowledge records by themselves, and tracks which they have
 * not acknowledged.
 */
final class AcknowledgingListener implements Decorator {

	private static final Log logger = LogFactory.getLog(AcknowledgingListener.class);

	/**
	 * What acknowledges a record whose future has failed, before an error handler has
	 * seen it.
	 */
	private static final String FAILURE = "asyncFailure";

	private final GenericMessageListener<?> listener;

	private final UnacknowledgedMessages messages;

	private final boolean inAnyOrder;

	private AcknowledgingListener(GenericMessageListener<?> listener, UnacknowledgedMessages messages,
			boolean inAnyOrder) {
		this.listener = listener;
		this.messages = messages;
		this.inAnyOrder = inAnyOrder;
	}

	/**
	 * Decorates the listener of a container that has not been started.
	 * @param container the container
	 * @return what the listener will not have acknowledged, or {@code null} if the
	 * container acknowledges
	 */
	static @Nullable UnacknowledgedMessages track(MessageListenerContainer container) {
		ContainerProperties properties = container.getContainerProperties();
		if (!(properties.getMessageListener() instanceof GenericMessageListener<?> listener)) {
			return null;
		}
		boolean future = isAsynchronous(listener);
		AckMode mode = properties.getAckMode();
		if (!future && mode != AckMode.MANUAL && mode != AckMode.MANUAL_IMMEDIATE) {
			return null;
		}
		UnacknowledgedMessages messages = new UnacknowledgedMessages(future,
				(partition) -> isAssigned(container, partition));
		properties.setMessageListener(Decorator.decorate(GenericMessageListener.class, listener,
				new AcknowledgingListener(listener, messages, future || properties.isAsyncAcks()),
				DelegatingMessageListener.class));
		return messages;
	}

	/**
	 * Leaves records whose futures fail from now on to the broker. Spring Kafka would
	 * acknowledge them, and then have its consumer retry them, which has no time left.
	 * @param container the container
	 */
	static void leaveFailures(MessageListenerContainer container) {
		Object target = container.getContainerProperties().getMessageListener();
		while (target instanceof DelegatingMessageListener<?> delegating) {
			target = delegating.getDelegate();
		}
		if (target instanceof MessagingMessageListenerAdapter<?, ?> adapter) {
			adapter.setCallbackForAsyncFailure(
					(failed, ex) -> logger.warn(LogMessage.format("%s-%d@%d failed and is left to the broker",
							failed.topic(), failed.partition(), failed.offset()), ex));
		}
	}

	private static boolean hasFailed() {
		return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
			.walk((frames) -> frames.anyMatch((frame) -> frame.getMethodName().equals(FAILURE)
					&& MessagingMessageListenerAdapter.class.isAssignableFrom(frame.getDeclaringClass())));
	}

	private static boolean isAsynchronous(Object listener) {
		return listener instanceof AsyncRepliesAware asynchronous && asynchronous.isAsyncReplies();
	}

	private static boolean isAssigned(MessageListenerContainer container, Object partition) {
		Collection<TopicPartition> assigned = container.getAssignedPartitions();
		return assigned == null || assigned.contains(partition);
	}

	@Override
	public @Nullable Object invoke(Method method, Object[] arguments, Original original) throws Throwable {
		if (method.getName().equals("getDelegate")) {
			return this.listener;
		}
		if (method.getName().equals("isAsyncReplies")) {
			return isAsynchronous(this.listener);
		}
		if (method.getName().equals("onMessage")) {
			for (int i = 1; i < arguments.length; i++) {
				if (arguments[i] instanceof Acknowledgment acknowledgment) {
					Map<TopicPartition, List<Long>> offsets = offsets(arguments[0]);
					arguments[i] = new Noticed(acknowledgment, offsets);
					return this.messages.take(offsets, () -> original.invoke(arguments));
				}
			}
		}
		return original.invoke(arguments);
	}

	/**
	 * Returns the offset of a record, or of the last ones of a batch, which cannot be
	 * acknowledged one by one.
	 */
	private static Map<TopicPartition, List<Long>> offsets(@Nullable Object records) {
		Map<TopicPartition, List<Long>> offsets = new HashMap<>();
		Iterable<?> all = (records instanceof Iterable<?> batch) ? batch : List.of(Objects.requireNonNull(records));
		for (Object record : all) {
			if (record instanceof ConsumerRecord<?, ?> one) {
				offsets.put(new TopicPartition(one.topic(), one.partition()), List.of(one.offset()));
			}
		}
		return offsets;
	}

	/**
	 * An acknowledgment that is noticed.
	 */
	private final class Noticed implements Acknowledgment {

		private final Acknowledgment acknowledgment;

		private final Map<TopicPartition, List<Long>> offsets;

		private Noticed(Acknowledgment acknowledgment, Map<TopicPartition, List<Long>> offsets) {
			this.acknowledgment = acknowledgment;
			this.offsets = offsets;
		}

		@Override
		public void acknowledge() {
			try {
				if (!AcknowledgingListener.this.messages.isClosed() || !hasFailed()) {
					this.acknowledgment.acknowledge();
				}
			}
			finally {
				noticed();
			}
		}

		@Override
		public void acknowledge(int index) {
			this.acknowledgment.acknowledge(index);
		}

		@Override
		public void nack(Duration sleep) {
			this.acknowledgment.nack(sleep);
			noticed();
		}

		@Override
		public void nack(int index, Duration sleep) {
			this.acknowledgment.nack(index, sleep);
			noticed();
		}

		@Override
		public boolean isOutOfOrderCommit() {
			return this.acknowledgment.isOutOfOrderCommit();
		}

		@Override
		public String toString() {
			return this.acknowledgment.toString();
		}

		private void noticed() {
			this.offsets.forEach((partition, last) -> AcknowledgingListener.this.messages.acknowledged(partition,
					last.get(0), !AcknowledgingListener.this.inAnyOrder));
		}

	}

}
