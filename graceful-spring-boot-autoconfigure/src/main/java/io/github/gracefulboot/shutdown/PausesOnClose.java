package io.github.gracefulboot.shutdown;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

import io.github.gracefulboot.shutdown.MethodCode.Call;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ApplicationListenerMethodAdapter;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.GenericApplicationListenerAdapter;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Finds by its code who lets a fixed time pass when the context closes, such as a
 * listener of {@link ContextClosedEvent} that takes the instance out of a registry and
 * sleeps until clients have noticed. Requests come meanwhile. A sleep in a loop is no
 * such pause: it waits for something, such as the end of what is in flight.
 */
final class PausesOnClose {

	private static final ResolvableType CLOSED = ResolvableType.forClass(ContextClosedEvent.class);

	private static final String FRAMEWORK = "org.springframework.";

	private static final String LAMBDA = "$$Lambda";

	private static final int NEARBY_PARTS = 2;

	/**
	 * Far more than lead from a listener to its pause.
	 */
	private static final int MAX_METHODS = 100;

	private final Set<String> seen = new HashSet<>();

	private final Class<?> type;

	private final String nearby;

	private PausesOnClose(Class<?> type) {
		this.type = type;
		int end = type.getName().indexOf('.');
		for (int part = 1; part < NEARBY_PARTS && end >= 0; part++) {
			end = type.getName().indexOf('.', end + 1);
		}
		this.nearby = type.getName().substring(0, end + 1);
	}

	/**
	 * Finds those among the listeners, and the lifecycle beans that Spring stops before
	 * the web server.
	 * @param context the context
	 * @param beanFactory its beans
	 * @return their methods, such as {@code com.example.Registration.onClose}
	 */
	static List<String> find(ApplicationContext context, ConfigurableListableBeanFactory beanFactory) {
		Collection<ApplicationListener<?>> listeners = (context instanceof AbstractApplicationContext abstractContext)
				? abstractContext.getApplicationListeners() : List.of();
		Stream<String> told = listeners.stream().flatMap(PausesOnClose::ofListener);
		Stream<String> stopped = new ExistingBeans(beanFactory).ofType(SmartLifecycle.class)
			.values()
			.stream()
			.filter((lifecycle) -> lifecycle.isRunning() && lifecycle.getPhase() > ShutdownPhase.DRAIN)
			.flatMap((lifecycle) -> ofMethod(AopUtils.getTargetClass(lifecycle), "stop"));
		return Stream.concat(told, stopped).toList();
	}

	private static Stream<String> ofListener(ApplicationListener<?> listener) {
		Method annotated = (listener instanceof ApplicationListenerMethodAdapter adapter) ? adapter.getTargetMethod()
				: null;
		Stream<String> found = (annotated != null) ? ofMethod(annotated.getDeclaringClass(), annotated.getName())
				: ofMethod(AopUtils.getTargetClass(listener), "onApplicationEvent");
		return found.filter((method) -> new GenericApplicationListenerAdapter(listener).supportsEventType(CLOSED));
	}

	private static Stream<String> ofMethod(Class<?> type, String method) {
		boolean ofFramework = type.getName().startsWith(FRAMEWORK)
				|| AopInfrastructureBean.class.isAssignableFrom(type);
		return (!ofFramework && new PausesOnClose(type).isIn(method)) ? Stream.of(type.getName() + "." + method)
				: Stream.empty();
	}

	private boolean isIn(String method) {
		int lambda = this.type.getName().indexOf(LAMBDA);
		if (lambda < 0) {
			return isIn(this.type, (name, descriptor) -> name.equals(method));
		}
		// Which of the lambdas of its class it is cannot be told
		return MethodCode
			.read(this.type.getName().substring(0, lambda),
					(name, descriptor) -> name.startsWith("lambda$") && descriptor.endsWith("Event;)V"))
			.stream()
			.anyMatch(this::isIn);
	}

	private boolean isIn(Class<?> type, BiPredicate<String, String> methods) {
		List<MethodCode> code = List.of();
		for (Class<?> declaring = type; code.isEmpty() && declaring != null
				&& isNearby(declaring.getName()); declaring = declaring.getSuperclass()) {
			code = MethodCode.read(declaring.getName(), methods);
		}
		return code.stream().anyMatch(this::isIn);
	}

	private boolean isIn(MethodCode code) {
		return code.calls()
			.stream()
			.filter((call) -> isPause(call) || isNearby(call.className()))
			.filter((call) -> !code.mayRepeat(call))
			.anyMatch((call) -> isPause(call) || isIn(call));
	}

	private static boolean isPause(Call call) {
		return call.name().startsWith("sleep") || call.name().equals("parkNanos");
	}

	private boolean isIn(Call call) {
		if (this.seen.size() >= MAX_METHODS || !this.seen.add(call.className() + call.name() + call.descriptor())) {
			return false;
		}
		try {
			Class<?> type = ClassUtils.forName(call.className(), this.type.getClassLoader());
			return isIn(type, (name, descriptor) -> name.equals(call.name()) && descriptor.equals(call.descriptor()));
		}
		catch (ClassNotFoundException | LinkageError ex) {
			return false;
		}
	}

	private boolean isNearby(String className) {
		return className.startsWith(this.nearby) && (!this.nearby.isEmpty() || className.indexOf('.') < 0);
	}

}
