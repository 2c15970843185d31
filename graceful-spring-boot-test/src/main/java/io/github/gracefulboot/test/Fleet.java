package io.github.gracefulboot.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.gracefulboot.test.balancer.Balancer;
import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.process.Await;
import io.github.gracefulboot.test.process.FreePorts;
import io.github.gracefulboot.test.process.TestDirectory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Instances of one application, each a process of its own on a port of the loopback
 * interface. A fleet is described first, and each description makes another fleet; then
 * it is started, restarted and closed. A test class has it started and closed by
 * {@link ZeroLossTest}.
 */
public final class Fleet implements AutoCloseable {

	/**
	 * From so many on, the starter takes a client that asks for readiness for a load
	 * balancer, whatever came between.
	 */
	private static final int PROBES_TO_BE_KNOWN = 3;

	private final Launch launch;

	private final int size;

	private final boolean handOver;

	private final String name;

	private final List<Instance> instances = new ArrayList<>();

	private final List<Restart> restarts = new CopyOnWriteArrayList<>();

	private final List<StopResult> stops = new CopyOnWriteArrayList<>();

	private @Nullable Path directory;

	private @Nullable RunningBalancer balancer;

	private Fleet(Launch launch, int size, boolean handOver, String name) {
		this.launch = launch;
		this.size = size;
		this.handOver = handOver;
		this.name = name;
	}

	/**
	 * Describes two instances of the executable jar that the build of the current
	 * directory has made, in {@code target} or {@code build/libs}. If there is none, the
	 * test is skipped, or fails with {@code -Dgraceful.test.programs=required}.
	 * @return the fleet
	 */
	public static Fleet ofPackagedApp() {
		return ofPackagedApp(Path.of(""));
	}

	/**
	 * Describes two instances of the executable jar that the build of another directory
	 * has made, such as that of a module beside the tests.
	 * @param project the directory of the build
	 * @return the fleet
	 */
	public static Fleet ofPackagedApp(Path project) {
		return new Fleet(Launch.jar(() -> PackagedApp.find(project)), 2, false, "fleet");
	}

	/**
	 * Describes two instances of an executable jar, which are told where to listen by
	 * {@code --server.port}.
	 * @param jar the jar
	 * @return the fleet
	 */
	public static Fleet ofJar(Path jar) {
		Assert.isTrue(Files.isRegularFile(jar), () -> jar + " is no file: package the application first");
		Path absolute = jar.toAbsolutePath();
		return new Fleet(Launch.jar(() -> absolute), 2, false, "fleet");
	}

	/**
	 * Describes two instances of any program. Where it listens is told by the variables
	 * {@code SERVER_PORT} and {@code PORT} of its environment, and takes the place of
	 * <code>{port}</code> in the command.
	 * @param command the command line
	 * @return the fleet
	 */
	public static Fleet ofCommand(String... command) {
		Assert.notEmpty(command, "A command has at least one word");
		return new Fleet(Launch.command(List.of(command)), 2, false, "fleet");
	}

	private Fleet with(Consumer<Launch> change) {
		return new Fleet(this.launch.with(change), this.size, this.handOver, this.name);
	}

	/**
	 * Has another number of instances.
	 * @param count the number, at least one
	 * @return another fleet
	 */
	public Fleet instances(int count) {
		Assert.isTrue(count > 0, "A fleet has at least one instance");
		return new Fleet(this.launch, count, this.handOver, this.name);
	}

	/**
	 * Sets a property of the application's environment.
	 * @param name such as {@code graceful.shutdown.timeout}
	 * @param value the value
	 * @return another fleet
	 */
	public Fleet property(String name, String value) {
		return with((copy) -> copy.properties.put(name, value));
	}

	/**
	 * Sets a variable of the processes' environment.
	 * @param name its name
	 * @param value the value
	 * @return another fleet
	 */
	public Fleet environment(String name, String value) {
		return with((copy) -> copy.environment.put(name, value));
	}

	/**
	 * Adds options of the JVM that runs a jar.
	 * @param options such as {@code -Xmx256m}
	 * @return another fleet
	 */
	public Fleet jvmOptions(String... options) {
		return with((copy) -> copy.jvmOptions.addAll(Arrays.asList(options)));
	}

	/**
	 * Adds arguments to the command line.
	 * @param args the arguments
	 * @return another fleet
	 */
	public Fleet args(String... args) {
		return with((copy) -> copy.args.addAll(Arrays.asList(args)));
	}

	/**
	 * Runs a jar by another Java than the tests.
	 * @param executable path of {@code java}
	 * @return another fleet
	 */
	public Fleet java(String executable) {
		return with((copy) -> copy.java = executable);
	}

	/**
	 * Asks for readiness elsewhere: unless told so, {@code /actuator/health/readiness}.
	 * @param path a path on the application's port
	 * @return another fleet
	 */
	public Fleet readiness(String path) {
		return with((copy) -> copy.readiness = path);
	}

	/**
	 * Takes instances for ready when their port is open.
	 * @return another fleet
	 */
	public Fleet readyWhenListening() {
		return with((copy) -> copy.readiness = null);
	}

	/**
	 * Allows a start another time than two minutes.
	 * @param timeout the time
	 * @return another fleet
	 */
	public Fleet startTimeout(Duration timeout) {
		return with((copy) -> copy.startTimeout = timeout);
	}

	/**
	 * Kills a process that has not ended after another time than 30 seconds.
	 * @param timeout the time
	 * @return another fleet
	 */
	public Fleet killAfter(Duration timeout) {
		return with((copy) -> copy.killAfter = timeout);
	}

	/**
	 * Is one instance, whose port the next process takes over: see
	 * {@link #replace(Times)}.
	 * @return another fleet
	 */
	public Fleet handOver() {
		return new Fleet(this.launch, 1, true, this.name);
	}

	/**
	 * Runs the same application without the starter, by {@code graceful.enabled=false}:
	 * it stops as plain Spring Boot.
	 * @return another fleet
	 */
	public Fleet withoutGraceful() {
		return property("graceful.enabled", "false").named(this.name + "-without-graceful");
	}

	/**
	 * Names the directory of logs and reports.
	 * @param name the name of a directory
	 * @return another fleet
	 */
	public Fleet named(String name) {
		return new Fleet(this.launch, this.size, this.handOver, name);
	}

	/**
	 * Starts all instances at the same time, and waits until they are ready.
	 * @return this fleet
	 */
	public Fleet start() {
		return start(this.name);
	}

	Fleet start(String directoryName) {
		Assert.state(this.instances.isEmpty(), "The fleet has been started");
		Path home = TestDirectory.create(directoryName);
		this.directory = home;
		Launch started = this.launch.with((copy) -> {
			if (this.handOver) {
				copy.properties.put("graceful.handover.path", socket().toString());
			}
		});
		for (int i = 0; i < this.size; i++) {
			this.instances.add(new Instance(started, FreePorts.next(), home, this.stops::add));
		}
		ensureRunning();
		return this;
	}

	/**
	 * The path of a Unix socket is short, and that of a build's directory may be long.
	 */
	private static Path socket() {
		try {
			Path directory = Files.createTempDirectory("graceful");
			directory.toFile().deleteOnExit();
			return directory.resolve("port.sock");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Starts the instances that do not run, such as those that a test has stopped.
	 */
	public void ensureRunning() {
		List<Instance> stopped = this.instances.stream().filter((instance) -> !instance.isRunning()).toList();
		try {
			stopped.forEach(Instance::start);
			stopped.forEach(Instance::awaitReady);
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	/**
	 * Returns the instances, once they have been started.
	 * @return the instances
	 */
	public List<Instance> getInstances() {
		return List.copyOf(this.instances);
	}

	/**
	 * Returns one of the instances.
	 * @param index which one, from 0
	 * @return the instance
	 */
	public Instance instance(int index) {
		Assert.state(!this.instances.isEmpty(), "The fleet has not been started");
		return this.instances.get(index);
	}

	/**
	 * Returns the directory of logs and reports.
	 * @return the directory, which exists from the start on
	 */
	public Path getDirectory() {
		return Objects.requireNonNull(this.directory, "The fleet has not been started");
	}

	/**
	 * Returns how processes have stopped so far.
	 * @return the stops, in their order
	 */
	public List<StopResult> getStops() {
		return List.copyOf(this.stops);
	}

	List<Restart> getRestarts() {
		return List.copyOf(this.restarts);
	}

	/**
	 * Describes load for this fleet.
	 * @return no request yet
	 */
	public Traffic traffic() {
		return new Traffic(this);
	}

	/**
	 * Restarts the instances in turn, as a roll-out does: each is stopped, started again
	 * and back behind the load balancer before the next one's turn.
	 * @param rounds how often each is restarted
	 * @param signal how it is stopped
	 */
	public void restartInTurn(Times rounds, Signal signal) {
		for (int round = 0; round < rounds.count(); round++) {
			for (Instance instance : this.instances) {
				restart(instance, signal);
			}
		}
	}

	/**
	 * Restarts one instance, and waits until it is back behind the load balancer.
	 * @param instance one of this fleet
	 * @param signal how it is stopped
	 * @return how it stopped
	 */
	public StopResult restart(Instance instance, Signal signal) {
		return restart(instance, (stopping) -> stopping.stop(signal));
	}

	/**
	 * Restarts one instance in another way, and waits until it is back behind the load
	 * balancer.
	 * @param instance one of this fleet
	 * @param how stops it
	 * @return how it stopped
	 */
	public StopResult restart(Instance instance, Function<Instance, StopResult> how) {
		StopResult stop = how.apply(instance);
		instance.start();
		instance.awaitReady();
		back(instance, stop);
		return stop;
	}

	/**
	 * Starts the next process beside the one that runs, so often, and waits each time
	 * until it has taken the port over and the other one has ended.
	 * @param times how often
	 */
	public void replace(Times times) {
		Assert.state(this.handOver, "Only a fleet with handOver() can be replaced");
		for (int i = 0; i < times.count(); i++) {
			Instance instance = instance(0);
			back(instance, instance.replace());
		}
	}

	private void back(Instance instance, StopResult stop) {
		this.restarts.add(new Restart(stop, Instant.now()));
		if (this.balancer != null) {
			this.balancer.awaitUp(instance.getPort());
		}
	}

	/**
	 * Puts a load balancer before the instances, in place of one that is there, and waits
	 * until it has seen that they are ready. The fleet closes it.
	 * @param kind what it is
	 * @return the balancer, for clients of one's own
	 */
	public RunningBalancer balance(Balancer kind) {
		closeBalancer();
		Assert.state(!this.instances.isEmpty(), "The fleet has not been started");
		RunningBalancer started = kind.start(new Balancer.Backends(
				this.instances.stream().map(Instance::getPort).toList(), this.launch.readiness, getDirectory()));
		try {
			this.instances.forEach((instance) -> started.awaitUp(instance.getPort()));
			Await.pass(kind.period().multipliedBy(PROBES_TO_BE_KNOWN));
		}
		catch (RuntimeException ex) {
			started.close();
			throw ex;
		}
		this.balancer = started;
		return started;
	}

	void closeBalancer() {
		if (this.balancer != null) {
			this.balancer.close();
			this.balancer = null;
		}
	}

	/**
	 * Kills what still runs.
	 */
	@Override
	public void close() {
		closeBalancer();
		this.instances.forEach(Instance::close);
	}

	@Override
	public String toString() {
		return "%d x %s".formatted(this.size, this.launch);
	}

}
