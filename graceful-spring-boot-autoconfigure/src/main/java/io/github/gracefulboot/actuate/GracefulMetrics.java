package io.github.gracefulboot.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.StopReason;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.Participant;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.StageListener;
import io.github.gracefulboot.shutdown.Timeline;
import io.github.gracefulboot.traffic.Readiness;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.AbstractApplicationContext;

/**
 * Meters of the start and the shutdown, which {@code docs/meters.md} lists. Spring Boot
 * closes its registries when the context begins to close, which is before the end of what
 * is to be measured: here they are closed when all work is done and no bean is destroyed
 * yet, or, where threads are at work of which nobody can tell yet whether they end, as
 * the last thing. Closing them is what publishes the meters of those that push.
 */
final class GracefulMetrics implements MeterBinder, StageListener, Readiness.Listener, SmartInitializingSingleton,
		ApplicationListener<ContextClosedEvent>, AopInfrastructureBean {

	/**
	 * Spring Boot's listener that closes the registries.
	 */
	private static final String CLOSER = "meterRegistryCloser";

	/**
	 * How long the last export may take, which is never more than a half of what is left.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(5);

	/**
	 * How much earlier work in hand is cut off when the time is up, if something has to
	 * go over the network then.
	 */
	private static final Duration FORCED_EXPORT = Duration.ofSeconds(2);

	/**
	 * What is left to the end of the process then.
	 */
	private static final Duration EXIT = Duration.ofMillis(100);

	private static final Duration LEAST_IF_ALIVE = Duration.ofSeconds(2);

	private final ConfigurableApplicationContext context;

	private final ShutdownSequence shutdown;

	private final List<MeterRegistry> registries = new CopyOnWriteArrayList<>();

	private final AtomicBoolean told = new AtomicBoolean();

	private volatile @Nullable Instant readyAt;

	private volatile @Nullable LastExport export;

	private volatile @Nullable StopObservation observation;

	GracefulMetrics(ConfigurableApplicationContext context, ShutdownSequence shutdown) {
		this.context = context;
		this.shutdown = shutdown;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.registries.add(registry);
		for (Participant participant : this.shutdown.getParticipants()) {
			Gauge.builder("graceful.tasks.active", participant, (source) -> source.activeTasks().size())
				.description("Requests in flight and other work that a shutdown waits for")
				.tag("participant", participant.name())
				.register(registry);
		}
		Gauge.builder("graceful.tasks.abandoned", this.shutdown, (source) -> source.getAbandonedThreads().size())
			.description("Threads of the application at work that a shutdown under way does not wait for")
			.register(registry);
		lost(registry, "cut-off", false);
		lost(registry, "abandoned", true);
		for (Stage stage : Stage.values()) {
			Gauge.builder("graceful.stage.active", this.shutdown, (source) -> (source.getStage() == stage) ? 1 : 0)
				.description("Whether the application is in this stage of its shutdown")
				.tag("stage", stage.id())
				.register(registry);
		}
		TimeGauge.builder("graceful.ready.time", this, TimeUnit.MILLISECONDS, GracefulMetrics::millisToReady)
			.description("Time from the start of the process until it first accepted traffic")
			.register(registry);
	}

	private void lost(MeterRegistry registry, String how, boolean abandoned) {
		FunctionCounter
			.builder("graceful.tasks.lost", this.shutdown,
					(source) -> source.getLostWork().stream().filter((work) -> work.abandoned() == abandoned).count())
			.description("Requests and other work that a shutdown did not wait for to the end")
			.tag("how", how)
			.register(registry);
	}

	private double millisToReady() {
		Instant readyAt = this.readyAt;
		if (readyAt == null) {
			return Double.NaN;
		}
		Instant startedAt = ProcessHandle.current()
			.info()
			.startInstant()
			.orElseGet(() -> Instant.ofEpochMilli(this.context.getStartupDate()));
		return Duration.between(startedAt, readyAt).toMillis();
	}

	@Override
	public void readinessChanged(boolean accepting) {
		if (accepting && this.readyAt == null) {
			this.readyAt = Instant.now();
		}
	}

	/**
	 * Closes the registries instead of Spring Boot's listener, from now on. Once the
	 * context closes it is too late to remove the listener.
	 */
	@Override
	public void afterSingletonsInstantiated() {
		if (this.context.getBeanFactory().getSingleton(CLOSER) instanceof ApplicationListener<?> closer) {
			this.context.getBeanFactory()
				.getBean(AbstractApplicationContext.APPLICATION_EVENT_MULTICASTER_BEAN_NAME,
						ApplicationEventMulticaster.class)
				.removeApplicationListenerBean(CLOSER);
			this.context.removeApplicationListener(closer);
		}
	}

	/**
	 * Closes the registries of a context that was not in service, and goes through no
	 * stages.
	 */
	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		if (event.getApplicationContext() == this.context && this.shutdown.getStage() == Stage.RUNNING) {
			new LastExport(this.context.getBeanFactory()).run(Deadline.after(System::nanoTime, PATIENCE));
		}
	}

	@Override
	public boolean supportsAsyncExecution() {
		return false;
	}

	@Override
	public void stageChanged(Change change) {
		if (change.previous() == Stage.RUNNING) {
			this.export = new LastExport(this.context.getBeanFactory());
			this.observation = StopObservation.begin(this.context.getBeanFactory(), this.shutdown);
		}
		else {
			record(change);
		}
		StopObservation observation = this.observation;
		if (observation != null) {
			observation.stageChanged(change);
		}
		if (change.stage() == Stage.EXIT) {
			tellUnlessUnknown();
		}
	}

	private void record(Change change) {
		Timeline.End end = this.shutdown.getTimeline().endOf(change.previous());
		String by = (end != null) ? end.how().by() : "none";
		for (MeterRegistry registry : this.registries) {
			Timer.builder("graceful.stage")
				.description("Time that a stage of the shutdown took")
				.tag("stage", change.previous().id())
				.tag("end", by)
				.tag("reason", change.reason().id())
				.register(registry)
				.record(change.previousTook());
		}
	}

	/**
	 * Tells how the shutdown went while gauges can still be read, unless threads are at
	 * work that may die with the process.
	 */
	private void tellUnlessUnknown() {
		boolean lost = !this.shutdown.getLostWork().isEmpty();
		boolean known = lost || !this.shutdown.namesThreads() || this.shutdown.getAbandonedThreads().isEmpty();
		Duration half = remaining().dividedBy(2);
		LastExport export = this.export;
		if (known && half.compareTo(EXIT) > 0) {
			tell(lost, half);
		}
		else if (export != null) {
			export.keepOpen();
		}
	}

	@Override
	public Duration timeToEnd() {
		LastExport export = this.export;
		return (export != null && export.isRemote()) ? FORCED_EXPORT : Duration.ZERO;
	}

	@Override
	public void ended(Ending ending) {
		Duration atMost = remaining().minus(EXIT);
		// Nobody ends a process that lives on when the time is up
		tell(!ending.outcome().isClean(),
				this.shutdown.endsProcess() ? atMost : Durations.longer(atMost, LEAST_IF_ALIVE));
	}

	private Duration remaining() {
		Deadline deadline = this.shutdown.getDeadline();
		return (deadline != null) ? deadline.remaining() : Duration.ZERO;
	}

	private void tell(boolean forced, Duration atMost) {
		if (!this.told.compareAndSet(false, true)) {
			return;
		}
		String outcome = forced ? "forced" : "clean";
		StopReason reason = this.shutdown.getReason();
		for (MeterRegistry registry : this.registries) {
			Counter.builder("graceful.shutdowns")
				.description("Shutdowns by their outcome and reason")
				.tag("outcome", outcome)
				.tag("reason", (reason != null) ? reason.id() : "none")
				.register(registry)
				.increment();
		}
		StopObservation observation = this.observation;
		if (observation != null) {
			observation.end(outcome);
		}
		LastExport export = this.export;
		if (export != null) {
			export.run(Deadline.after(System::nanoTime, Durations.shorter(PATIENCE, atMost)));
		}
	}

}
