package io.github.gracefulboot.registry;

import java.lang.reflect.Modifier;
import java.util.function.Supplier;

import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;

/**
 * Lets {@link Registrations} decide whether and when a call reaches a
 * {@link ServiceRegistry}.
 */
final class ServiceRegistryPostProcessor implements BeanPostProcessor, AopInfrastructureBean {

	private final Supplier<Registrations> registrations;

	ServiceRegistryPostProcessor(Supplier<Registrations> registrations) {
		this.registrations = registrations;
	}

	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		return (bean instanceof ServiceRegistry<?> registry) ? proxy(registry) : bean;
	}

	@SuppressWarnings("unchecked")
	private Object proxy(ServiceRegistry<?> registry) {
		ProxyFactory proxy = new ProxyFactory(registry);
		// Automatic registrations require the class of their registry, not the interface
		proxy.setProxyTargetClass(!Modifier.isFinal(registry.getClass().getModifiers()));
		proxy.addAdvice((MethodInterceptor) (call) -> intercept((ServiceRegistry<Registration>) registry, call));
		return proxy.getProxy(registry.getClass().getClassLoader());
	}

	private @Nullable Object intercept(ServiceRegistry<Registration> registry, MethodInvocation call) throws Throwable {
		if (call.getArguments().length == 1 && call.getArguments()[0] instanceof Registration registration) {
			if (call.getMethod().getName().equals("register")) {
				this.registrations.get().register(registry, registration);
				return null;
			}
			if (call.getMethod().getName().equals("deregister")) {
				this.registrations.get().deregister(registry, registration);
				return null;
			}
		}
		return call.proceed();
	}

}
