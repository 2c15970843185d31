package io.github.gracefulboot.messaging.integration;

import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.integration.channel.QueueChannel;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.support.ExecutorChannelInterceptor;

/**
 * Counts the messages that pollers have received from queue channels, since a message
 * that is being handled may be in transit between two queues.
 */
final class HandledMessages implements ExecutorChannelInterceptor, BeanPostProcessor, AopInfrastructureBean {

	private final AtomicLong begun = new AtomicLong();

	private final AtomicLong ended = new AtomicLong();

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof QueueChannel channel) {
			channel.addInterceptor(this);
		}
		return bean;
	}

	@Override
	public Message<?> beforeHandle(Message<?> message, MessageChannel channel, MessageHandler handler) {
		this.begun.incrementAndGet();
		return message;
	}

	@Override
	public void afterMessageHandled(Message<?> message, MessageChannel channel, MessageHandler handler,
			@Nullable Exception ex) {
		this.ended.incrementAndGet();
	}

	/**
	 * Returns the number of messages received so far.
	 * @return the number
	 */
	long begun() {
		return this.begun.get();
	}

	/**
	 * Returns whether no message is being handled.
	 * @return whether all received messages have been handled
	 */
	boolean areAllEnded() {
		return this.ended.get() == this.begun.get();
	}

}
