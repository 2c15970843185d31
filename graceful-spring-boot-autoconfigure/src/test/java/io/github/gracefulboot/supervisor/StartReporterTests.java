package io.github.gracefulboot.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StartReporter}.
 */
class StartReporterTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	private final RecordingSupervisor supervisor = new RecordingSupervisor();

	private final Supervisors supervisors = new Supervisors(RecordingSupervisor.named(this.supervisor), (reason) -> {
	}, () -> true, () -> null);

	private final AtomicInteger ready = new AtomicInteger();

	private volatile boolean works;

	private StartReporter reporter;

	@AfterEach
	void whenDestroyedThenNoThreadIsLeft() {
		this.reporter.destroy();
		this.supervisors.destroy();
		soon().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.doesNotContain("graceful-start", "graceful-ready"));
	}

	@Test
	void whenBeansAreCreatedThenTellsHowManyAndWhichCameLast() {
		create(Duration.ZERO);
		Object bean = new Object();
		assertThat(this.reporter.postProcessBeforeInitialization(bean, "dataSource")).isSameAs(bean);
		this.reporter.postProcessBeforeInitialization(bean, "entityManagerFactory");
		soon().untilAsserted(() -> assertThat(this.supervisor.told())
			.contains("status Starting: 2 beans created, the latest is entityManagerFactory"));
	}

	@Test
	void whenItWaitsForADatabaseThenTellsSoAndEachAttemptIsProgress() {
		this.supervisor.patience = Duration.ofMillis(700);
		create(Duration.ZERO);
		this.reporter.waitsFor("Waiting for dataSource: refused (attempt 1)");
		soon().until(() -> extensions() > 0);
		long extensions = this.supervisor.awaitNoMore("extend", Duration.ofMillis(1500));
		this.reporter.waitsFor("Waiting for dataSource: refused (attempt 2)");
		soon().until(() -> extensions() > extensions);
		this.reporter.postProcessBeforeInitialization(this, "dataSourceScriptDatabaseInitializer");
		soon().untilAsserted(() -> assertThat(this.supervisor.told()).containsSubsequence(
				"status Waiting for dataSource: refused (attempt 1)",
				"status Waiting for dataSource: refused (attempt 2)",
				"status Starting: 1 beans created, the latest is dataSourceScriptDatabaseInitializer"));
	}

	@Test
	void whenNoBeanIsCreatedThenIsNotExtendedBeyondItsPatience() {
		this.supervisor.patience = Duration.ofMillis(700);
		create(Duration.ZERO);
		soon().until(() -> extensions() > 0);
		long extensions = this.supervisor.awaitNoMore("extend", Duration.ofMillis(1500));
		this.reporter.postProcessBeforeInitialization(this, "bean");
		soon().until(() -> extensions() > extensions);
	}

	@Test
	void whenABeanWorksForLongThenThatIsProgress() {
		this.supervisor.patience = Duration.ofMillis(700);
		this.works = true;
		create(Duration.ZERO);
		this.reporter.postProcessBeforeInitialization(this, "liquibase");
		// More than a patience without work would allow
		soon().until(() -> extensions() > 6);
		this.works = false;
		this.supervisor.awaitNoMore("extend", Duration.ofMillis(1500));
	}

	@Test
	void whenItWaitsForTheBalancerThenThatIsProgress() {
		this.supervisor.patience = Duration.ofMillis(100);
		create(Duration.ofSeconds(1));
		this.reporter.readinessChanged(true);
		soon().until(() -> this.supervisor.told().contains("ready"));
		assertThat(extensions()).isGreaterThanOrEqualTo(2);
		assertThat(this.supervisor.told())
			.contains("status Accepting traffic, waiting for the load balancer to see it");
	}

	@Test
	void whenTheStartIsOverThenReportsNothingMore() {
		this.supervisor.patience = SOON;
		create(Duration.ZERO);
		this.reporter.readinessChanged(false);
		this.reporter.readinessChanged(true);
		this.reporter.readinessChanged(false);
		this.reporter.readinessChanged(true);
		this.reporter.postProcessBeforeInitialization(this, "prototype");
		soon().until(() -> this.supervisor.told().size() > 1 && this.supervisor.told().contains("refusing"));
		List<String> told = this.supervisor.told();
		assertThat(told).containsSubsequence("accepting", "ready", "status Ready", "refusing");
		assertThat(told.subList(told.indexOf("status Ready"), told.size())).doesNotContain("ready", "extend")
			.noneMatch((message) -> message.startsWith("status Starting"));
		assertThat(this.ready).hasValue(1);
	}

	@Test
	void whenDestroyedWhileItWaitsThenIsNeverReady() {
		create(Duration.ofMillis(200));
		this.reporter.readinessChanged(true);
		this.reporter.destroy();
		Awaitility.await()
			.during(Duration.ofMillis(400))
			.atMost(SOON)
			.untilAsserted(() -> assertThat(this.supervisor.told()).doesNotContain("ready"));
		assertThat(this.ready).hasValue(0);
	}

	private void create(Duration delay) {
		this.reporter = new StartReporter(this.supervisors, () -> this.works, new ReadyGate(delay, 0, delay, List::of),
				this.ready::incrementAndGet);
	}

	private long extensions() {
		return this.supervisor.count("extend");
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
	}

}
