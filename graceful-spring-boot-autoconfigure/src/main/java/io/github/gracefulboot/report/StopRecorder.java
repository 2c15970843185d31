package io.github.gracefulboot.report;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.Stage;
import io.github.gracefulboot.report.StopReport.Sample;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.shutdown.LastReport;
import io.github.gracefulboot.shutdown.ShutdownSequence;
import io.github.gracefulboot.shutdown.StageListener;
import io.github.gracefulboot.traffic.Traffic;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.log.LogMessage;

/**
 * Follows a shutdown and reports it. The report is written each second, so that a process
 * that is killed leaves one, too, and once more when the shutdown has ended. All of it
 * happens on a thread of its own, for which nobody waits long: a disk that is full, slow
 * or gone costs the report, and never the shutdown. It comes before exporters, which wait
 * for the network.
 */
@Order(Ordered.LOWEST_PRECEDENCE - 1)
final class StopRecorder implements StageListener, LastReport, InitializingBean, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(StopRecorder.class);

	private static final Duration BETWEEN_SAMPLES = Duration.ofMillis(100);

	private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(1);

	/**
	 * How long the end waits for the report, unless the process ends and there is less
	 * time.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(1);

	/**
	 * What is left to the end of the process then.
	 */
	private static final Duration EXIT = Duration.ofMillis(100);

	/**
	 * Beyond which every other sample is dropped, and they are taken half as often.
	 */
	private static final int MOST_SAMPLES = 600;

	private final ShutdownSequence shutdown;

	private final Traffic traffic;

	private final Instance instance;

	private final @Nullable ReportFiles files;

	private final @Nullable TerminationLog terminationLog;

	private final List<Sample> samples = new ArrayList<>();

	private final CountDownLatch over = new CountDownLatch(1);

	private Duration betweenSamples = BETWEEN_SAMPLES;

	private volatile @Nullable Thread thread;

	private volatile @Nullable Ending ending;

	private volatile @Nullable Summary lastReport;

	private boolean failed;

	/**
	 * Creates the recorder.
	 * @param shutdown what it reports
	 * @param traffic knows who asked for readiness
	 * @param instance whose shutdown it is
	 * @param files where reports go, or {@code null} if none are written
	 * @param terminationLog where the last line goes, or {@code null} if nobody reads it
	 */
	StopRecorder(ShutdownSequence shutdown, Traffic traffic, Instance instance, @Nullable ReportFiles files,
			@Nullable TerminationLog terminationLog) {
		this.shutdown = shutdown;
		this.traffic = traffic;
		this.instance = instance;
		this.files = files;
		this.terminationLog = terminationLog;
	}

	@Override
	public void afterPropertiesSet() {
		if (this.files != null) {
			// A directory on the network may hang
			DaemonThreads.start("graceful-report-check", () -> look(this.files));
		}
	}

	private void look(ReportFiles files) {
		files.check();
		this.lastReport = files.last();
	}

	@Override
	public @Nullable Summary lastReport() {
		return this.lastReport;
	}

	@Override
	public void stageChanged(Change change) {
		if (change.previous() == Stage.RUNNING) {
			Instant startedAt = this.shutdown.getTimeline().entries().get(0).startedAt();
			this.thread = DaemonThreads.start("graceful-report", () -> record(startedAt));
		}
	}

	@Override
	public void ended(Ending ending) {
		this.ending = ending;
		this.over.countDown();
		Thread thread = this.thread;
		if (thread == null) {
			return;
		}
		Duration patience = patience();
		try {
			thread.join(patience.toMillis());
			if (thread.isAlive()) {
				logger.warn(
						LogMessage.format("The report of the shutdown was not written within %s, continuing without it",
								Durations.text(patience)));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Nobody ends a process that lives on when the time is up.
	 */
	private Duration patience() {
		Deadline deadline = this.shutdown.getDeadline();
		return (deadline != null && this.shutdown.endsProcess())
				? Durations.longer(Duration.ofMillis(1), Durations.shorter(PATIENCE, deadline.remaining().minus(EXIT)))
				: PATIENCE;
	}

	private void record(Instant startedAt) {
		try {
			if (this.files != null) {
				follow(startedAt);
			}
			this.over.await();
			write(startedAt, this.ending);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void follow(Instant startedAt) throws InterruptedException {
		Deadline due = Deadline.after(System::nanoTime, Duration.ZERO);
		do {
			sample();
			if (due.hasPassed()) {
				write(startedAt, null);
				due = Deadline.after(System::nanoTime, BETWEEN_REPORTS);
			}
		}
		while (!this.over.await(this.betweenSamples.toMillis(), TimeUnit.MILLISECONDS));
	}

	private void sample() {
		this.samples.add(new Sample(Instant.now(), this.shutdown.getActiveTasks().size()));
		if (this.samples.size() > MOST_SAMPLES) {
			for (int i = MOST_SAMPLES - 1; i > 0; i -= 2) {
				this.samples.remove(i);
			}
			this.betweenSamples = this.betweenSamples.multipliedBy(2);
		}
	}

	private void write(Instant startedAt, @Nullable Ending ending) {
		try {
			if (ending != null && this.terminationLog != null) {
				this.terminationLog.write(ending.line());
			}
			if (this.files != null) {
				this.files.write(startedAt,
						StopReport.of(this.instance, startedAt, this.shutdown, ending, this.traffic, this.samples));
				if (ending != null) {
					this.files.rotate();
				}
			}
		}
		catch (IOException | RuntimeException | LinkageError ex) {
			if (!this.failed) {
				logger.warn(LogMessage.format("The shutdown cannot be reported, continuing without it: %s", ex));
			}
			this.failed = true;
		}
	}

}
