package io.github.gracefulboot.test.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

import io.github.gracefulboot.test.Body;
import io.github.gracefulboot.test.Fleet;
import io.github.gracefulboot.test.Rate;
import io.github.gracefulboot.test.RestartResult;
import io.github.gracefulboot.test.Signal;
import io.github.gracefulboot.test.Times;
import io.github.gracefulboot.test.Traffic;
import io.github.gracefulboot.test.balancer.Balancer;
import org.opentest4j.TestAbortedException;

import org.springframework.boot.convert.DurationStyle;

/**
 * Restarts any program under load, and says what that cost. It exits with 0 if nothing
 * was lost, with 1 if something was or a process had to be killed, and with 2 if that
 * could not be found out.
 */
public final class GracefulTest {

	private static final String USAGE = """
			Usage: java -jar graceful-spring-boot-test-cli.jar --command COMMAND --get PATH [more options]
			Restarts a program under load and says what that cost.

			What is run:
			  --command COMMAND      by a shell; it listens where SERVER_PORT, PORT or {port} in the command says
			  --jar FILE             a Spring Boot application, instead of a command
			  --property NAME=VALUE  a property of a Spring Boot application
			  --env NAME=VALUE       a variable of its environment
			  --instances N          how many at a time: 2 unless told otherwise
			  --readiness PATH       what says that it is ready: /actuator/health/readiness unless told otherwise
			  --ready-when-listening it is ready once its port is open
			  --start-timeout TIME   such as 90s: 2m unless told otherwise
			  --kill-after TIME      after which a process is killed: 30s unless told otherwise

			What is sent (each kind in turn):
			  --get PATH             GET
			  --post PATH            POST, with the content of --body or --json: {n} in it is the request's number
			  --header NAME=VALUE    with each request
			  --connections N        how many requests at a time: 16 unless told otherwise
			  --keep-alive SHARE     of the connections that are kept: 0.5 unless told otherwise
			  --rate N               requests a second, instead of one after the other
			  --balancer NAME        prober (each 1s, acts 0.5s later), haproxy, nginx, none or hand-over

			What is done:
			  --restarts N           of all instances together: 6 unless told otherwise
			  --signal NAME          SIGTERM unless told otherwise
			  --compare              the same with graceful.enabled=false before
			  --at-least N           requests, or it proves nothing: 300 unless told otherwise
			  --output DIRECTORY     of logs, reports and results: graceful-test unless told otherwise""";

	private static final Set<String> OPTIONS = Set.of("--command", "--jar", "--property", "--env", "--instances",
			"--readiness", "--start-timeout", "--kill-after", "--get", "--post", "--body", "--json", "--header",
			"--connections", "--keep-alive", "--rate", "--balancer", "--restarts", "--signal", "--at-least",
			"--output");

	private static final Set<String> SWITCHES = Set.of("--ready-when-listening", "--compare", "--help");

	private static final Pattern EXEC = Pattern.compile("(^|[\\s;&|])exec\\s");

	private static final Pattern SEVERAL = Pattern.compile("[;&|\\n]");

	private static final int LOST = 1;

	private static final int NOT_FOUND_OUT = 2;

	private final Options options;

	private final PrintStream out;

	private GracefulTest(Options options, PrintStream out) {
		this.options = options;
		this.out = out;
	}

	/**
	 * Runs the program.
	 * @param args options
	 */
	public static void main(String[] args) {
		System.exit(run(args, System.out, System.err));
	}

	static int run(String[] args, PrintStream out, PrintStream err) {
		try {
			Options options = Options.parse(args, OPTIONS, SWITCHES);
			if (args.length == 0 || options.has("--help")) {
				out.println(USAGE);
				return (args.length == 0) ? NOT_FOUND_OUT : 0;
			}
			return new GracefulTest(options, out).run();
		}
		catch (IllegalArgumentException ex) {
			err.println(ex.getMessage() + ": --help says what there is");
		}
		catch (IllegalStateException | UncheckedIOException | TestAbortedException ex) {
			err.println(ex.getMessage());
		}
		return NOT_FOUND_OUT;
	}

	private int run() {
		if (this.options.all("--get").isEmpty() && this.options.all("--post").isEmpty()) {
			throw new IllegalArgumentException("What is sent is told by --get or --post");
		}
		System.setProperty("graceful.test.directory", this.options.last("--output").orElse("graceful-test"));
		Fleet fleet = fleet();
		if (!this.options.has("--compare")) {
			return judge(restart(fleet));
		}
		RestartResult without = restart(fleet.withoutGraceful());
		RestartResult with = restart(fleet);
		this.out.println(with.comparedWith(without));
		return judge(with);
	}

	private RestartResult restart(Fleet described) {
		try (Fleet fleet = described.start()) {
			RestartResult result = traffic(fleet).during(() -> restartAll(fleet));
			this.out.println(result);
			this.out.println(result.timeline());
			Files.writeString(fleet.getDirectory().resolve("result.md"), "%s%n%s".formatted(result, result.timeline()));
			return result;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The result cannot be written", ex);
		}
	}

	private void restartAll(Fleet fleet) {
		int restarts = this.options.last("--restarts", Integer::valueOf).orElse(6);
		if (isHandOver()) {
			fleet.replace(Times.times(restarts));
			return;
		}
		Signal signal = this.options.last("--signal", Signal::valueOf).orElse(Signal.SIGTERM);
		for (int i = 0; i < restarts; i++) {
			fleet.restart(fleet.instance(i % fleet.getInstances().size()), signal);
		}
	}

	private int judge(RestartResult result) {
		long enough = this.options.last("--at-least", Long::valueOf).orElse(300L);
		if (!result.failures().isEmpty() || result.stops().stream().anyMatch((stop) -> stop.isKilled())) {
			return LOST;
		}
		if (result.sent() < enough || result.sentDuringStops() == 0) {
			this.out.printf("%d requests were sent, %d while processes stopped, which proves nothing: send more%n",
					result.sent(), result.sentDuringStops());
			return NOT_FOUND_OUT;
		}
		return 0;
	}

	private Fleet fleet() {
		if (this.options.has("--command") == this.options.has("--jar")) {
			throw new IllegalArgumentException("What is run is told by either --command or --jar");
		}
		Fleet fleet = this.options.last("--jar")
			.map((jar) -> Fleet.ofJar(Path.of(jar)))
			.orElseGet(() -> Fleet.ofCommand("sh", "-c",
					this.options.last("--command", GracefulTest::line).orElseThrow()));
		fleet = fleet.instances(this.options.last("--instances", Integer::valueOf).orElse(2));
		fleet = each("--property", fleet, (described, pair) -> described.property(pair[0], pair[1]));
		fleet = each("--env", fleet, (described, pair) -> described.environment(pair[0], pair[1]));
		if (this.options.has("--ready-when-listening")) {
			fleet = fleet.readyWhenListening();
		}
		fleet = this.options.last("--readiness").map(fleet::readiness).orElse(fleet);
		fleet = this.options.last("--start-timeout", DurationStyle::detectAndParse)
			.map(fleet::startTimeout)
			.orElse(fleet);
		fleet = this.options.last("--kill-after", DurationStyle::detectAndParse).map(fleet::killAfter).orElse(fleet);
		return isHandOver() ? fleet.handOver() : fleet;
	}

	/**
	 * Signals are for the program, which is what the shell becomes.
	 */
	private static String line(String command) {
		if (EXEC.matcher(command).find()) {
			return command;
		}
		if (SEVERAL.matcher(command).find()) {
			throw new IllegalArgumentException(
					"say exec before the program that is to get the signals, as in 'cd app && exec java -jar app.jar'");
		}
		return "exec env " + command;
	}

	private boolean isHandOver() {
		return this.options.last("--balancer").filter("hand-over"::equals).isPresent();
	}

	private <T> T each(String option, T described, BiFunction<T, String[], T> change) {
		T changed = described;
		for (String value : this.options.all(option)) {
			String[] pair = value.split("=", 2);
			if (pair.length < 2) {
				throw new IllegalArgumentException("%s %s is not NAME=VALUE".formatted(option, value));
			}
			changed = change.apply(changed, pair);
		}
		return changed;
	}

	private Traffic traffic(Fleet fleet) {
		Traffic traffic = fleet.traffic();
		for (String path : this.options.all("--get")) {
			traffic = traffic.get(path);
		}
		for (String path : this.options.all("--post")) {
			traffic = traffic.post(path, body());
		}
		traffic = each("--header", traffic, (described, pair) -> described.header(pair[0], pair[1]));
		traffic = traffic.connections(this.options.last("--connections", Integer::valueOf).orElse(16))
			.keepAlive(this.options.last("--keep-alive", Double::valueOf).orElse(0.5));
		traffic = this.options.last("--rate", Integer::valueOf)
			.map(Rate::perSecond)
			.map(traffic::openLoop)
			.orElse(traffic);
		return this.options.last("--balancer", GracefulTest::balancer).map(traffic::through).orElse(traffic);
	}

	private Body body() {
		return this.options.last("--json")
			.map((json) -> numbered(json).as("application/json"))
			.or(() -> this.options.last("--body").map(GracefulTest::numbered))
			.orElseGet(Body::none);
	}

	private static Body numbered(String text) {
		return Body.text((number) -> text.replace("{n}", String.valueOf(number)));
	}

	private static Balancer balancer(String name) {
		return switch (name) {
			case "prober" -> Balancer.prober(Duration.ofSeconds(1)).actsAfter(Duration.ofMillis(500));
			case "haproxy" -> Balancer.haproxy();
			case "nginx" -> Balancer.nginx();
			case "none", "hand-over" -> Balancer.none();
			default -> throw new IllegalArgumentException(
					"use one of " + List.of("prober", "haproxy", "nginx", "none", "hand-over"));
		};
	}

}
