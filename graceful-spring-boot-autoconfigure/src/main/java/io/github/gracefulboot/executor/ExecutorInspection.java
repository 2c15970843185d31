package io.github.gracefulboot.executor;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.core.log.LogMessage;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * Looks into an executor for those that do its work, since many only pass tasks on to
 * another one that is no bean. Tracks the threads of those that it finds, and takes what
 * counts tasks for those that tell nothing of them. Only classes that nobody can refer to
 * are replaced: those of the JDK that are not public, and lambdas.
 */
final class ExecutorInspection {

	private static final Log logger = LogFactory.getLog(ExecutorInspection.class);

	private static final String VIRTUAL_THREADS = "virtualThreadDelegate";

	private static final String VIRTUAL_THREAD_FACTORY = "virtualThreadFactory";

	/**
	 * Event loops and the threads of servers, which their library shuts down, and on
	 * which applications submit nothing as a rule.
	 */
	private static final List<String> SERVERS = List.of("io.netty.", "org.eclipse.jetty.");

	/**
	 * Each executor that was met, and what is to be used in its place.
	 */
	private final Map<Object, Object> seen = new IdentityHashMap<>();

	private final List<Worker> workers = new ArrayList<>();

	private final List<Object> unknown = new ArrayList<>();

	private int found;

	/**
	 * Looks into an executor.
	 * @param executor the executor
	 * @return what is to be used in its place, usually itself
	 */
	Object inspect(Object executor) {
		Object known = this.seen.get(executor);
		if (known != null) {
			this.found++;
			return known;
		}
		this.seen.put(executor, executor);
		Object replacement = look(executor);
		this.seen.put(executor, replacement);
		return replacement;
	}

	/**
	 * Looks into the executors that an object which is none itself holds.
	 * @param holder the object
	 */
	void inspectFieldsOf(Object holder) {
		forEachField(holder, (field) -> field.inspect(field.value));
	}

	/**
	 * Returns those that do the work.
	 * @return the executors that were found
	 */
	List<Worker> workers() {
		return this.workers;
	}

	/**
	 * Returns whether there are executors of which nothing is known.
	 * @return whether tasks may run unnoticed
	 */
	boolean isIncomplete() {
		return !this.unknown.isEmpty();
	}

	private Object look(Object executor) {
		TaskCount count = CountingExecutor.countOf(executor);
		Object target = AopProxyUtils.getSingletonTarget(executor);
		if (target != null) {
			if (inspect(target) != target) {
				this.unknown.add(target);
			}
		}
		else if (count != null) {
			found(executor, (name) -> new CountedExecutor(name, count, null));
		}
		else if (executor instanceof SimpleAsyncTaskExecutor simple) {
			track(simple);
			found(simple, (name) -> (simple.getThreadFactory() instanceof TaskThreads threads)
					? new ThreadPerTaskExecutor(name, threads, simple) : null);
		}
		else if (executor instanceof VirtualThreadTaskExecutor virtual) {
			track(virtual);
			found(virtual, (name) -> (virtual.getVirtualThreadFactory() instanceof TaskThreads threads)
					? new ThreadPerTaskExecutor(name, threads, null) : null);
		}
		else if (executor instanceof ThreadPoolTaskExecutor spring) {
			pool(spring::getThreadPoolExecutor, spring);
		}
		else if (executor instanceof ThreadPoolTaskScheduler spring) {
			pool(spring::getScheduledThreadPoolExecutor, spring);
		}
		else if (executor instanceof ThreadPoolExecutor pool) {
			pool(() -> pool, null);
		}
		else if (executor instanceof ForkJoinPool pool) {
			found(pool, (name) -> new ForkJoinExecutor(name, pool));
		}
		else if (executor instanceof CountingExecutorService counting) {
			found(counting, (name) -> new CountedExecutor(name, counting.count(), counting));
		}
		else if (executor instanceof SyncTaskExecutor) {
			this.found++;
		}
		else if (isOfTheJdk(executor.getClass()) && !Proxy.isProxyClass(executor.getClass())) {
			return counting(executor);
		}
		else if (SERVERS.stream().noneMatch(executor.getClass().getName()::startsWith)) {
			return lookInto(executor);
		}
		return executor;
	}

	private void pool(Supplier<ThreadPoolExecutor> supplier, @Nullable ExecutorConfigurationSupport spring) {
		ThreadPoolExecutor pool;
		try {
			pool = supplier.get();
		}
		catch (IllegalStateException ex) {
			// Not initialized, so that it has no tasks
			this.found++;
			return;
		}
		if (!(pool.getThreadFactory() instanceof WorkerThreads)) {
			pool.setThreadFactory(new WorkerThreads(pool.getThreadFactory()));
		}
		found(pool, (name) -> new PoolExecutor(name, pool, spring));
	}

	private void found(Object executor, Function<String, @Nullable DrainableExecutor> drainable) {
		this.found++;
		this.workers.add(new Worker(executor, drainable));
	}

	private Object counting(Object executor) {
		// Only a JVM that opens its packages shows what is in there
		int foundBefore = this.found;
		forEachField(executor, (field) -> field.inspect(field.value));
		if (this.found > foundBefore) {
			return executor;
		}
		if (executor instanceof ScheduledExecutorService scheduler) {
			this.found++;
			return new CountingScheduledExecutorService(scheduler);
		}
		if (executor instanceof ExecutorService service) {
			this.found++;
			return new CountingExecutorService(service);
		}
		this.unknown.add(executor);
		return executor;
	}

	private Object lookInto(Object executor) {
		int foundBefore = this.found;
		int unknownBefore = this.unknown.size();
		List<Object> holders = new ArrayList<>();
		forEachField(executor, (field) -> {
			if (!field.inspect(field.value) && field.isCaptured()) {
				holders.add(field.value);
			}
		});
		boolean complete = this.found > foundBefore && this.unknown.size() == unknownBefore;
		if (!complete && isLambda(executor)) {
			this.unknown.subList(unknownBefore, this.unknown.size()).clear();
			this.found++;
			return CountingExecutor.of((Executor) executor);
		}
		if (this.found == foundBefore) {
			holders.forEach(this::inspectFieldsOf);
		}
		if (this.found == foundBefore) {
			this.unknown.add(executor);
		}
		return executor;
	}

	private static boolean isLambda(Object executor) {
		Class<?> type = executor.getClass();
		return type.isHidden() && type.getSuperclass() == Object.class && executor instanceof Executor
				&& !(executor instanceof ExecutorService) && Arrays.stream(type.getInterfaces())
					.allMatch((contract) -> Modifier.isPublic(contract.getModifiers()));
	}

	private void forEachField(Object holder, Consumer<Slot> action) {
		if (Proxy.isProxyClass(holder.getClass())) {
			forEachField(Proxy.getInvocationHandler(holder), action);
			return;
		}
		for (Class<?> type = holder.getClass(); type != null; type = type.getSuperclass()) {
			for (Field field : type.getDeclaredFields()) {
				if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()
						&& field.trySetAccessible()) {
					Object value = get(field, holder);
					if (value != null && value != holder) {
						isolated(action, new Slot(field, holder, value));
					}
				}
			}
		}
	}

	private static void isolated(Consumer<Slot> action, Slot field) {
		try {
			action.accept(field);
		}
		catch (RuntimeException ex) {
			logger.debug(LogMessage.format("Could not look for executors in %s", field.field), ex);
		}
	}

	private static @Nullable Object get(Field field, Object holder) {
		try {
			return field.get(holder);
		}
		catch (IllegalAccessException ex) {
			return null;
		}
	}

	private static boolean isOfTheJdk(Class<?> type) {
		return type.getName().startsWith("java.") || type.getName().startsWith("jdk.");
	}

	private static void track(SimpleAsyncTaskExecutor executor) {
		if (!(executor.getThreadFactory() instanceof TaskThreads)) {
			boolean virtual = isVirtual(executor);
			executor.setThreadFactory(new TaskThreads(virtual ? virtualThreads(executor) : threads(executor)));
			if (virtual) {
				// Otherwise the factory would not be used
				executor.setVirtualThreads(false);
			}
		}
	}

	// Spring has no accessor for this
	private static boolean isVirtual(SimpleAsyncTaskExecutor executor) {
		DirectFieldAccessor fields = new DirectFieldAccessor(executor);
		return fields.isReadableProperty(VIRTUAL_THREADS) && fields.getPropertyValue(VIRTUAL_THREADS) != null;
	}

	private static ThreadFactory virtualThreads(SimpleAsyncTaskExecutor executor) {
		return new VirtualThreadTaskExecutor(executor.getThreadNamePrefix()).getVirtualThreadFactory();
	}

	private static ThreadFactory threads(SimpleAsyncTaskExecutor executor) {
		ThreadFactory own = executor.getThreadFactory();
		return (own != null) ? own : executor::createThread;
	}

	private void track(VirtualThreadTaskExecutor executor) {
		if (!(executor.getVirtualThreadFactory() instanceof TaskThreads)) {
			forEachField(executor, (field) -> {
				if (field.field.getName().equals(VIRTUAL_THREAD_FACTORY)) {
					field.set(new TaskThreads(executor.getVirtualThreadFactory()));
				}
			});
			if (!(executor.getVirtualThreadFactory() instanceof TaskThreads)) {
				this.unknown.add(executor);
			}
		}
	}

	/**
	 * An executor that does the work.
	 *
	 * @param executor the executor
	 * @param drainable creates what drains it, if it can be asked, for the name of a bean
	 */
	record Worker(Object executor, Function<String, @Nullable DrainableExecutor> drainable) {

	}

	/**
	 * A field that may hold executors, possibly several.
	 */
	private final class Slot {

		private final Field field;

		private final Object holder;

		private final Object value;

		Slot(Field field, Object holder, Object value) {
			this.field = field;
			this.holder = holder;
			this.value = value;
		}

		/**
		 * Looks into what the field holds.
		 * @param candidate its value or a part of that
		 * @return whether it is an executor or a container of several
		 */
		private boolean inspect(Object candidate) {
			if (candidate instanceof Executor) {
				Object replacement = ExecutorInspection.this.inspect(candidate);
				if (replacement != candidate && !set(replacement)) {
					ExecutorInspection.this.unknown.add(candidate);
				}
				return true;
			}
			if (candidate instanceof List<?> list) {
				inspectList(list);
				return true;
			}
			if (candidate instanceof Map<?, ?> map) {
				map.entrySet().forEach(this::inspectEntry);
				return true;
			}
			if (candidate instanceof Object[] array) {
				for (int i = 0; i < array.length; i++) {
					int index = i;
					inspectElement(array[i], (replacement) -> array[index] = replacement);
				}
				return true;
			}
			if (candidate instanceof AtomicReference<?> reference) {
				inspectElement(reference.get(), setter(reference));
				return true;
			}
			return false;
		}

		private void inspectList(List<?> list) {
			ListIterator<?> elements = list.listIterator();
			while (elements.hasNext()) {
				Object element = elements.next();
				inspectElement(element, setter(elements));
			}
		}

		private void inspectEntry(Map.Entry<?, ?> entry) {
			inspectElement(entry.getValue(), setter(entry));
		}

		private void inspectElement(@Nullable Object element, Consumer<Object> setter) {
			if (!(element instanceof Executor)) {
				return;
			}
			Object replacement = ExecutorInspection.this.inspect(element);
			if (replacement == element) {
				return;
			}
			try {
				setter.accept(replacement);
			}
			catch (RuntimeException ex) {
				ExecutorInspection.this.unknown.add(element);
			}
		}

		@SuppressWarnings("unchecked")
		private static Consumer<Object> setter(Object container) {
			if (container instanceof ListIterator<?> elements) {
				return ((ListIterator<Object>) elements)::set;
			}
			if (container instanceof Map.Entry<?, ?> entry) {
				return ((Map.Entry<Object, Object>) entry)::setValue;
			}
			return ((AtomicReference<Object>) container)::set;
		}

		/**
		 * Returns whether it holds the instance or a variable that surrounds the code of
		 * a lambda or an inner class.
		 * @return whether the code may use an executor of what it holds
		 */
		private boolean isCaptured() {
			return this.field.isSynthetic() || this.field.getName().startsWith("this$");
		}

		/**
		 * Sets the field, unless it is one of a record or a lambda.
		 * @param replacement the value to set
		 * @return whether it was set
		 */
		private boolean set(Object replacement) {
			try {
				if (this.field.getType().isInstance(replacement)) {
					this.field.set(this.holder, replacement);
					return true;
				}
			}
			catch (IllegalAccessException ex) {
				// Cannot be replaced
			}
			return false;
		}

	}

}
