package io.github.gracefulboot.systemtests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import io.github.gracefulboot.systemtests.front.Front;
import io.github.gracefulboot.systemtests.front.FrontType;
import io.github.gracefulboot.systemtests.load.LoadReport;
import io.github.gracefulboot.systemtests.load.Traffic;
import io.github.gracefulboot.systemtests.process.Exit;

/**
 * Two instances behind a load balancer, under load, restarted in turn: each is stopped,
 * started again and back behind the balancer before the other one's turn.
 */
final class RollingRestart implements AutoCloseable {

	private final String name;

	private final Traffic traffic;

	private final Path directory;

	private final List<App> apps;

	private final Front front;

	private final List<AppProcess> instances = new ArrayList<>();

	private final List<Exit> exits = new ArrayList<>();

	private SteadyLoad load;

	private RollingRestart(FrontType frontType, SampleJar jar, Traffic traffic) {
		this.name = "%s behind %s, %s".formatted(jar, frontType, traffic);
		this.traffic = traffic;
		this.directory = TestDirectory.create("restart-%s-%s-%s".formatted(frontType, traffic, jar));
		this.apps = List.of(App.of(jar, this.directory), App.of(jar, this.directory));
		this.front = frontType.start(this.apps.stream().map(App::port).toList(), this.directory);
	}

	static RestartReport run(FrontType frontType, SampleJar jar, int rounds, Traffic traffic) {
		try (RollingRestart restart = new RollingRestart(frontType, jar, traffic)) {
			return restart.run(rounds);
		}
	}

	private RestartReport run(int rounds) {
		this.apps.forEach((app) -> this.instances.add(app.start()));
		this.instances.forEach(this::awaitUp);
		this.load = SteadyLoad.start(this.traffic, this.front.port());
		for (int round = 0; round < rounds; round++) {
			for (int i = 0; i < this.apps.size(); i++) {
				restart(i);
			}
		}
		List<LoadReport> reports = this.load.stop();
		return new RestartReport(this.name, this.directory, reports, List.copyOf(this.exits));
	}

	private void awaitUp(AppProcess instance) {
		instance.awaitReady();
		this.front.awaitUp(instance);
	}

	private void restart(int index) {
		AppProcess instance = this.instances.get(index);
		this.exits.add(instance.stop("TERM"));
		AppProcess successor = this.apps.get(index).start();
		this.instances.set(index, successor);
		awaitUp(successor);
	}

	@Override
	public void close() {
		if (this.load != null) {
			this.load.close();
		}
		this.front.close();
		this.instances.forEach(AppProcess::close);
	}

}
