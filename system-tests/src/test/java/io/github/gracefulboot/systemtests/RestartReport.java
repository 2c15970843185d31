package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.process.Exit;

/**
 * What a rolling restart cost.
 *
 * @param name which one
 * @param directory where the logs are
 * @param loads what became of the requests
 * @param exits how each stop went
 * @param outcomes the last line that the starter wrote in each stop
 */
record RestartReport(String name, Path directory, List<LoadReport> loads, List<Exit> exits, List<String> outcomes) {

	long failed() {
		return this.loads.stream().mapToLong(LoadReport::failed).sum();
	}

	long total() {
		return this.loads.stream().mapToLong(LoadReport::total).sum();
	}

	Set<Integer> exitCodes() {
		return this.exits.stream().map(Exit::code).collect(Collectors.toCollection(TreeSet::new));
	}

	Duration medianStop() {
		return sortedStops().get(this.exits.size() / 2);
	}

	Duration longestStop() {
		return sortedStops().get(this.exits.size() - 1);
	}

	private List<Duration> sortedStops() {
		return this.exits.stream().map(Exit::took).sorted().toList();
	}

	String summary() {
		String loads = this.loads.stream().map("\n  %s"::formatted).collect(Collectors.joining());
		return "%s: %d of %d requests failed in %d restarts, stop median %d ms, longest %d ms, exit codes %s%s"
			.formatted(this.name, failed(), total(), this.exits.size(), medianStop().toMillis(),
					longestStop().toMillis(), exitCodes(), loads);
	}

	String describeFailures() {
		String failures = this.loads.stream().map(LoadReport::describeFailures).collect(Collectors.joining("\n"));
		return "%s%nlogs: %s%n%s".formatted(summary(), this.directory, failures);
	}

}
