package io.github.gracefulboot.messaging.amqp;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.rabbitmq.client.Channel;
import io.github.gracefulboot.messaging.Decorator;
import io.github.gracefulboot.messaging.UnacknowledgedMessages;
import org.jspecify.annotations.Nullable;

import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;

/**
 * Decorates listeners that acknowledge messages by themselves, and tracks which they have
 * not acknowledged.
 */
final class AcknowledgingListener implements Decorator {

	private final UnacknowledgedMessages messages;

	/**
	 * The channels as listeners see them.
	 */
	private final Map<Channel, Channel> channels = new ConcurrentHashMap<>();

	private AcknowledgingListener(UnacknowledgedMessages messages) {
		this.messages = messages;
	}

	/**
	 * Decorates the listener of a container that has not been started.
	 * @param container the container
	 * @return what the listener will not have acknowledged, or {@code null} if the
	 * container acknowledges
	 */
	static @Nullable UnacknowledgedMessages track(AbstractMessageListenerContainer container) {
		MessageListener listener = container.getMessageListener();
		if (listener == null || !listener.isAsyncReplies() && !container.getAcknowledgeMode().isManual()) {
			return null;
		}
		UnacknowledgedMessages messages = new UnacknowledgedMessages(listener.isAsyncReplies(),
				(channel) -> ((Channel) channel).isOpen());
		container.setMessageListener(
				Decorator.decorate(MessageListener.class, listener, new AcknowledgingListener(messages)));
		return messages;
	}

	@Override
	public @Nullable Object invoke(Method method, Object[] arguments, Original original) throws Throwable {
		if (arguments.length == 2 && arguments[1] instanceof Channel channel) {
			arguments[1] = noticed(channel);
			return this.messages.take(Map.of(channel, tags(arguments[0])), () -> original.invoke(arguments));
		}
		return original.invoke(arguments);
	}

	private static Collection<Long> tags(Object messages) {
		Collection<?> all = (messages instanceof Collection<?> batch) ? batch : List.of(messages);
		return all.stream()
			.map(Message.class::cast)
			.map((message) -> message.getMessageProperties().getDeliveryTag())
			.toList();
	}

	private Channel noticed(Channel channel) {
		Channel noticed = this.channels.get(channel);
		if (noticed == null) {
			forgetClosed();
			noticed = Decorator.decorate(Channel.class, channel, (method, arguments, original) -> {
				Object result = original.invoke(arguments);
				notice(channel, method.getName(), arguments);
				return result;
			});
			this.channels.put(channel, noticed);
		}
		return noticed;
	}

	private void forgetClosed() {
		for (Channel channel : this.channels.keySet()) {
			if (!channel.isOpen()) {
				this.channels.remove(channel);
				this.messages.forget(channel);
			}
		}
	}

	private void notice(Channel channel, String method, Object[] arguments) {
		switch (method) {
			case "basicAck", "basicNack" -> notice(channel, (Long) arguments[0], (Boolean) arguments[1]);
			case "basicReject" -> notice(channel, (Long) arguments[0], false);
			default -> {
			}
		}
	}

	private void notice(Channel channel, long tag, boolean multiple) {
		boolean all = multiple && tag == 0;
		this.messages.acknowledged(channel, all ? Long.MAX_VALUE : tag, multiple);
	}

}
