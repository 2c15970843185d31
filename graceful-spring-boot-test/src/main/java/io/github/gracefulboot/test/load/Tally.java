package io.github.gracefulboot.test.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts what becomes of the requests of all connections of a load.
 */
final class Tally {

	private final List<Failure> failures = new ArrayList<>();

	private final List<Success> successes = new ArrayList<>();

	synchronized void succeeded(Success success) {
		this.successes.add(success);
	}

	synchronized void failed(Failure failure) {
		this.failures.add(failure);
	}

	synchronized long total() {
		return this.successes.size() + this.failures.size();
	}

	synchronized LoadReport report(Load load, Duration elapsed) {
		return new LoadReport(load, List.copyOf(this.successes), List.copyOf(this.failures), elapsed);
	}

}
