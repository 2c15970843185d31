package io.github.gracefulboot.supervisor.pm2;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.GracefulShutdown;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.Maintenance;
import io.github.gracefulboot.traffic.Readiness;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.json.JsonWriter;
import org.springframework.core.log.LogMessage;

/**
 * What {@code pm2 show} and {@code pm2 monit} show of the service, and what
 * {@code pm2 trigger} does with it. Says something only when it has changed, and nothing
 * before the service was ready. The messages are those of PM2's own library for Node.js,
 * {@code axm:monitor}, {@code axm:action} and {@code axm:reply}.
 *
 * @see <a href="https://pm2.keymetrics.io/docs/usage/process-actions/">PM2, Process
 * Actions</a>
 */
final class Pm2Monitor implements Readiness.Listener, DisposableBean, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(Pm2Monitor.class);

	private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

	private static final String LAME_DUCK = "lame-duck";

	private static final String RESUME = "resume";

	private final Pm2Supervisor pm2;

	private final GracefulShutdown shutdown;

	private final Readiness readiness;

	private final Maintenance maintenance;

	private final AtomicBoolean started = new AtomicBoolean();

	private final CountDownLatch over = new CountDownLatch(1);

	/**
	 * Creates the monitor.
	 * @param pm2 who is told
	 * @param shutdown what it is told of
	 * @param readiness whether there is maintenance
	 * @param maintenance what can be triggered
	 */
	Pm2Monitor(Pm2Supervisor pm2, GracefulShutdown shutdown, Readiness readiness, Maintenance maintenance) {
		this.pm2 = pm2;
		this.shutdown = shutdown;
		this.readiness = readiness;
		this.maintenance = maintenance;
	}

	@Override
	public void readinessChanged(boolean accepting) {
		if (accepting && this.started.compareAndSet(false, true)) {
			this.pm2.onMessage(this::received);
			DaemonThreads.start("graceful-pm2-monitor", this::monitor);
		}
	}

	private void monitor() {
		try {
			for (String action : List.of(LAME_DUCK, RESUME)) {
				send("axm:action", Map.of("action_name", action, "action_type", "custom", "arity", 0));
			}
			Map<String, Object> told = Map.of();
			do {
				Map<String, Object> now = look();
				if (!now.equals(told)) {
					send("axm:monitor", now);
				}
				told = now;
			}
			while (!this.over.await(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format("PM2 cannot be shown what happens any more, continuing without it: %s", ex));
		}
	}

	private Map<String, Object> look() {
		Deadline deadline = this.shutdown.getDeadline();
		boolean maintained = deadline == null && this.readiness.isInMaintenance();
		String stage = maintained ? "lame duck for maintenance" : this.shutdown.getStage().id();
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("stage", Map.of("value", stage));
		values.put("in flight", Map.of("value", this.shutdown.getActiveTasks().size()));
		values.put("budget left", Map.of("value", (deadline != null) ? Durations.text(deadline.remaining()) : "all"));
		return values;
	}

	/**
	 * Does what {@code pm2 trigger} asks for, whose message is the name of the action.
	 */
	private void received(String message) {
		switch (message) {
			case '"' + LAME_DUCK + '"' -> act(LAME_DUCK, this.maintenance::begin);
			case '"' + RESUME + '"' -> act(RESUME, this.maintenance::end);
			default -> logger.debug(LogMessage.format("PM2 sends what is not for this process: %s", message));
		}
	}

	private void act(String action, Supplier<String> work) {
		try {
			send("axm:reply", Map.of("action_name", action, "return", attempt(work)));
		}
		catch (IOException ex) {
			logger.warn(LogMessage.format("PM2 could not be told what came of %s: %s", action, ex));
		}
	}

	private static String attempt(Supplier<String> work) {
		try {
			return work.get();
		}
		catch (IllegalStateException ex) {
			return String.valueOf(ex.getMessage());
		}
	}

	private void send(String type, Map<String, Object> data) throws IOException {
		this.pm2.send(JsonWriter.<Map<String, Object>>standard().writeToString(Map.of("type", type, "data", data)));
	}

	@Override
	public void destroy() {
		this.over.countDown();
	}

}
