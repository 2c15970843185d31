package io.github.gracefulboot.messaging.redis;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.log.LogMessage;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

/**
 * Knows what the listeners of Redis channels have in hand. A container forgets a message
 * once it has handed it to its executor.
 */
final class ChannelMessages implements BeanPostProcessor {

	private static final Log logger = LogFactory.getLog(ChannelMessages.class);

	private static final String EXECUTOR = "taskExecutor";

	/**
	 * Of containers that could not be looked into.
	 */
	private static final MessagesInHand UNKNOWN = new MessagesInHand(Runnable::run);

	private final Map<RedisMessageListenerContainer, MessagesInHand> messages = Collections
		.synchronizedMap(new WeakHashMap<>());

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof RedisMessageListenerContainer container) {
			try {
				lookInto(container);
			}
			catch (RuntimeException ex) {
				logger.debug(LogMessage.format("What %s has in hand stays unknown", beanName), ex);
			}
		}
		return bean;
	}

	/**
	 * A container does not tell which executor it has made for itself.
	 */
	private void lookInto(RedisMessageListenerContainer container) {
		if (new DirectFieldAccessor(container).getPropertyValue(EXECUTOR) instanceof Executor executor) {
			container
				.setTaskExecutor(this.messages.computeIfAbsent(container, (added) -> new MessagesInHand(executor)));
		}
	}

	MessagesInHand of(RedisMessageListenerContainer container) {
		return this.messages.getOrDefault(container, UNKNOWN);
	}

}
