package io.github.gracefulboot.web;

import java.time.Duration;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.Traffic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InFlightRequests}.
 */
class InFlightRequestsTests {

	@Test
	void whenTargetIsHostileThenItsTaskIsOneShortLineWithoutASession() {
		InFlightRequests requests = new InFlightRequests(new Traffic(System::nanoTime));
		requests.begin("GET\u0000", "/a;jsessionid=SECRET/b\n\u001b[31m" + "x".repeat(10_000));
		assertThat(requests.toTasks()).singleElement()
			.extracting(ActiveTask::description)
			.asString()
			.startsWith("GET? /a/b??[31mxxx")
			.endsWith("x...")
			.hasSizeLessThan(220);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenTargetThatIsRefusedIsHostileThenItIsNamedInOneShortLineWithoutASession(CapturedOutput output) {
		InFlightRequests requests = new InFlightRequests(new Traffic(System::nanoTime));
		requests.serveUntil(Deadline.after(System::nanoTime, Duration.ZERO));
		assertThat(requests.refuses("GET", "/a;jsessionid=SECRET/b\n\u001b[31m" + "x".repeat(10_000), () -> null))
			.isTrue();
		assertThat(output).containsPattern("answered 503, first GET /a/b\\?\\?\\[31mx{190,}\\.\\.\\.\\R")
			.doesNotContain("SECRET", "x".repeat(200));
	}

}
