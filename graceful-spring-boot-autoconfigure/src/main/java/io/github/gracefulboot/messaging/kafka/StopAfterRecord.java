package io.github.gracefulboot.messaging.kafka;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.kafka.config.AbstractKafkaListenerContainerFactory;
import org.springframework.kafka.listener.AbstractMessageListenerContainer;

/**
 * Makes containers stop after the current record rather than after the last record of the
 * poll. A consumer reads this setting only when it starts.
 */
final class StopAfterRecord implements BeanPostProcessor, AopInfrastructureBean {

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof AbstractKafkaListenerContainerFactory<?, ?, ?> factory) {
			factory.getContainerProperties().setStopImmediate(true);
		}
		else if (bean instanceof AbstractMessageListenerContainer<?, ?> container) {
			container.getContainerProperties().setStopImmediate(true);
		}
		return bean;
	}

}
