package io.github.gracefulboot.web;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.traffic.Traffic;
import org.junit.jupiter.api.Test;

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

}
