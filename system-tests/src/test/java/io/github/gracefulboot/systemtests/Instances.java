package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.front.Front;
import io.github.gracefulboot.systemtests.process.Exit;

/**
 * Two instances of a sample that run until they are closed, each in its latest process.
 */
final class Instances implements AutoCloseable {

	private final SampleJar jar;

	private final List<App> apps;

	private final List<AppProcess> processes = new ArrayList<>();

	private Instances(SampleJar jar, List<App> apps) {
		this.jar = jar;
		this.apps = apps;
	}

	/**
	 * Starts them, and does not wait until they are ready.
	 */
	static Instances start(SampleJar jar, Path directory, String... args) {
		Instances instances = new Instances(jar, List.of(App.of(jar, directory, args), App.of(jar, directory, args)));
		instances.apps.forEach((app) -> instances.processes.add(app.start()));
		return instances;
	}

	SampleJar jar() {
		return this.jar;
	}

	List<Integer> ports() {
		return this.apps.stream().map(App::port).toList();
	}

	/**
	 * Waits until all are ready and a load balancer has seen that.
	 */
	void awaitUp(Front front) {
		this.processes.forEach((process) -> awaitUp(process, front));
	}

	private static void awaitUp(AppProcess process, Front front) {
		process.awaitReady();
		front.awaitUp(process);
	}

	/**
	 * Restarts them in turn: each is stopped, started again and back behind the load
	 * balancer before the other one's turn.
	 * @return how each stop went
	 */
	List<Exit> restart(int rounds, Front front) {
		List<Exit> exits = new ArrayList<>();
		for (int round = 0; round < rounds; round++) {
			for (int i = 0; i < this.apps.size(); i++) {
				exits.add(this.processes.get(i).stop("TERM"));
				this.processes.set(i, this.apps.get(i).start());
				awaitUp(this.processes.get(i), front);
			}
		}
		return exits;
	}

	/**
	 * What the starter has written at the end of each stop, in no order.
	 */
	List<String> outcomes() {
		return this.processes.stream()
			.flatMap((process) -> process.log().lines())
			.filter((line) -> line.contains("Shutdown completed in") || line.contains("Shutdown forced"))
			.toList();
	}

	@Override
	public void close() {
		this.processes.forEach(AppProcess::close);
	}

}
