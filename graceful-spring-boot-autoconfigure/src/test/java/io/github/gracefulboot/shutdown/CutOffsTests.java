package io.github.gracefulboot.shutdown;

import java.lang.management.ManagementFactory;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

class CutOffsTests {

	private final Logger logger = (Logger) LoggerFactory.getLogger(ShutdownSequence.class);

	@BeforeEach
	void silence() {
		this.logger.setLevel(Level.OFF);
	}

	@AfterEach
	void restore() {
		this.logger.setLevel(null);
	}

	@Test
	void whenTenTimesAsMuchIsCutOffThenItTakesTenTimesTheMemory() {
		bytesFor(1000);
		long bytes = bytesFor(2000);
		assertThat(bytesFor(20_000)).isBetween(5 * bytes, 20 * bytes);
	}

	@Test
	void whenThousandsAreCutOffThenEachIsNamedAndTheFirstKeepTheirStacks() {
		CutOffs cutOffs = new CutOffs();
		for (int i = 0; i < 1000; i++) {
			cutOffs.add("request " + i, Thread.currentThread());
		}
		assertThat(cutOffs.lost()).extracting(LostWork::what)
			.hasSize(1000)
			.startsWith("request 0", "request 1")
			.endsWith("request 999");
		assertThat(cutOffs.lost()).filteredOn((work) -> !work.stack().isEmpty()).hasSize(100);
	}

	@Test
	void whenThousandsAreCutOffThenTheLastLineHasTheFirstAndCountsTheOthers() {
		CutOffs cutOffs = new CutOffs();
		for (int i = 0; i < 20_000; i++) {
			cutOffs.add("request " + i, null);
		}
		assertThat(cutOffs.toString()).startsWith("cut off: request 0; request 1; ")
			.endsWith("request 49; and 19950 more");
	}

	private static long bytesFor(int number) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		CutOffs cutOffs = new CutOffs();
		long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
		for (int i = 0; i < number; i++) {
			cutOffs.add("request", null);
		}
		return threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
	}

}
