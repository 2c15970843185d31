package io.github.gracefulboot.sample;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Lets hang at once what has timeouts of its own: tasks of an executor and of a
 * scheduler, a borrowed connection and a lifecycle bean. It is not there unless
 * {@code sample.hang=true}.
 */
@RestController
@EnableScheduling
@ConditionalOnBooleanProperty("sample.hang")
class HangController implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(HangController.class);

	private final CountDownLatch never = new CountDownLatch(1);

	private final AsyncTaskExecutor executor;

	private final TaskScheduler scheduler;

	private final DataSource dataSource;

	private volatile boolean running;

	HangController(@Qualifier("applicationTaskExecutor") AsyncTaskExecutor executor,
			@Qualifier("taskScheduler") TaskScheduler scheduler, DataSource dataSource) {
		this.executor = executor;
		this.scheduler = scheduler;
		this.dataSource = dataSource;
	}

	@PostMapping("/hang")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void hang() throws SQLException {
		Connection neverClosed = this.dataSource.getConnection();
		logger.info("Never to be closed: " + neverClosed);
		this.executor.execute(this::hangInExecutor);
		this.scheduler.schedule(this::hangInScheduler, Instant.now());
	}

	private void hangInExecutor() {
		hang("executor");
	}

	private void hangInScheduler() {
		hang("scheduler");
	}

	private void hang(String where) {
		logger.info("Hanging in the " + where);
		while (this.never.getCount() > 0) {
			try {
				this.never.await();
			}
			catch (InterruptedException ex) {
				logger.info("Interrupted in the " + where + ", and hanging on");
			}
		}
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public void stop(Runnable neverCalled) {
		logger.info("Hanging in the lifecycle");
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

}
