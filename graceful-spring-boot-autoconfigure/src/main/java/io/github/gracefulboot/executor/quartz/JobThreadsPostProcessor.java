package io.github.gracefulboot.executor.quartz;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.log.LogMessage;

/**
 * Adds {@link JobThreads} to each scheduler.
 */
final class JobThreadsPostProcessor implements BeanPostProcessor, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(JobThreadsPostProcessor.class);

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof Scheduler scheduler) {
			try {
				scheduler.getListenerManager().addJobListener(new JobThreads());
			}
			catch (SchedulerException ex) {
				logger.debug(LogMessage.format("Could not track the threads of jobs of %s", beanName), ex);
			}
		}
		return bean;
	}

}
