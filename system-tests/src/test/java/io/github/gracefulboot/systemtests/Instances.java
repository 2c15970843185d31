package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.process.Exit;

/**
 * Two instances of a sample that run until they are closed, each in its latest process.
 */
final class Instances implements AutoCloseable {

	private final SampleJar jar;

	private final List<App> apps;

	private final List<AppProcess> processes = new ArrayList<>();

	private final List<String> outcomes = new ArrayList<>();

	private Instances(SampleJar jar, List<App> apps) {
		this.jar = jar;
		this.apps = apps;
	}

	/**
	 * Starts them and waits until they are ready. They are not asked again: to them, who
	 * asks twice is a load balancer, which has to be told that they leave.
	 */
	static Instances start(SampleJar jar, Path directory, String... args) {
		Instances instances = new Instances(jar, List.of(App.of(jar, directory, args), App.of(jar, directory, args)));
		instances.apps.forEach((app) -> instances.processes.add(app.start()));
		try {
			instances.processes.forEach(AppProcess::awaitReady);
			return instances;
		}
		catch (RuntimeException ex) {
			instances.close();
			throw ex;
		}
	}

	SampleJar jar() {
		return this.jar;
	}

	List<Integer> ports() {
		return this.apps.stream().map(App::port).toList();
	}

	/**
	 * Waits until a load balancer has seen that all are ready.
	 */
	void awaitUp(RunningBalancer front) {
		this.processes.forEach((process) -> front.awaitUp(process.port()));
	}

	/**
	 * Restarts them in turn: each is stopped, started again and back behind the load
	 * balancer before the other one's turn.
	 * @return how each stop went
	 */
	List<Exit> restart(int rounds, RunningBalancer front) {
		return restart(rounds, front, (process) -> process.stop("TERM"));
	}

	/**
	 * Restarts them in turn.
	 * @param stop stops an instance
	 */
	List<Exit> restart(int rounds, RunningBalancer front, Function<AppProcess, Exit> stop) {
		List<Exit> exits = new ArrayList<>();
		for (int round = 0; round < rounds; round++) {
			for (int i = 0; i < this.apps.size(); i++) {
				exits.add(stop.apply(this.processes.get(i)));
				outcome(this.processes.get(i)).ifPresent(this.outcomes::add);
				this.processes.set(i, this.apps.get(i).startReady());
				front.awaitUp(this.processes.get(i).port());
			}
		}
		return exits;
	}

	/**
	 * The last line that the starter wrote in each stop so far.
	 */
	List<String> outcomes() {
		return List.copyOf(this.outcomes);
	}

	private static Optional<String> outcome(AppProcess process) {
		return process.log()
			.lines()
			.filter((line) -> line.contains("Shutdown completed in") || line.contains("Shutdown forced"))
			.reduce((first, last) -> last);
	}

	@Override
	public void close() {
		this.processes.forEach(AppProcess::close);
	}

}
