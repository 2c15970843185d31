package io.github.gracefulboot.messaging.redis;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.log.LogMessage;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

/**
 * Tracks the messages that the listeners of Redis channels are handling. A container does
 * not track a message after it has passed it to its executor.
 */
final class ChannelMessages implements BeanPostProcessor, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(ChannelMessages.class);

	private static final String EXECUTOR = "taskExecutor";

	/**
	 * For containers whose executor cannot be determined.
	 */
	private static final MessagesInHand UNKNOWN = new MessagesInHand(Runnable::run);

	private final Map<RedisMessageListenerContainer, MessagesInHand> messages = Collections
		.synchronizedMap(new WeakHashMap<>());

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof RedisMessageListenerContainer container) {
			try {
				track(container);
			}
			catch (RuntimeException ex) {
				logger.debug(LogMessage.format("Could not track the messages of %s", beanName), ex);
			}
		}
		return bean;
	}

	/**
	 * Decorates the executor of a container, for which there is no accessor.
	 */
	private void track(RedisMessageListenerContainer container) {
		if (new DirectFieldAccessor(container).getPropertyValue(EXECUTOR) instanceof Executor executor) {
			container
				.setTaskExecutor(this.messages.computeIfAbsent(container, (added) -> new MessagesInHand(executor)));
		}
	}

	MessagesInHand of(RedisMessageListenerContainer container) {
		return this.messages.getOrDefault(container, UNKNOWN);
	}

}
