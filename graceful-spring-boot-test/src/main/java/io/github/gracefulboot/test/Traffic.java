package io.github.gracefulboot.test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import io.github.gracefulboot.test.balancer.Balancer;
import io.github.gracefulboot.test.balancer.RunningBalancer;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.LoadReport;
import io.github.gracefulboot.test.load.RequestKind;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Load on a fleet while something is done to it. Each description makes other traffic.
 * What is sent are plain requests of HTTP/1.1 over sockets: none is sent a second time.
 */
public final class Traffic {

	/**
	 * So much is answered before the first and after the last stop.
	 */
	private static final int STEADY_REQUESTS = 40;

	private final Fleet fleet;

	private final Load load;

	private final @Nullable Balancer balancer;

	private final Consumer<RestartResult> listener;

	Traffic(Fleet fleet) {
		this(fleet, Load.of(List.of(), 1, 16), null, (result) -> {
		});
	}

	private Traffic(Fleet fleet, Load load, @Nullable Balancer balancer, Consumer<RestartResult> listener) {
		this.fleet = fleet;
		this.load = load;
		this.balancer = balancer;
		this.listener = listener;
	}

	Traffic reportTo(Consumer<RestartResult> listener) {
		return new Traffic(this.fleet, this.load, this.balancer, listener);
	}

	/**
	 * Goes to another fleet.
	 * @param fleet the fleet
	 * @return other traffic
	 */
	public Traffic to(Fleet fleet) {
		return new Traffic(fleet, this.load, this.balancer, this.listener);
	}

	/**
	 * Also sends GET.
	 * @param path where to, with a query if it has one
	 * @return other traffic
	 */
	public Traffic get(String path) {
		return plus(RequestKind.withoutBody("GET", path));
	}

	/**
	 * Also sends POST.
	 * @param path where to
	 * @param body the content
	 * @return other traffic
	 */
	public Traffic post(String path, Body body) {
		return plus(body.request("POST", path));
	}

	/**
	 * Also sends PUT.
	 * @param path where to
	 * @param body the content
	 * @return other traffic
	 */
	public Traffic put(String path, Body body) {
		return plus(body.request("PUT", path));
	}

	/**
	 * Also sends another kind of request.
	 * @param method such as {@code PATCH}
	 * @param path where to
	 * @param body the content
	 * @return other traffic
	 */
	public Traffic request(String method, String path, Body body) {
		return plus(body.request(method, path));
	}

	private Traffic plus(RequestKind kind) {
		List<RequestKind> kinds = new ArrayList<>(this.load.kinds());
		kinds.add(kind);
		return with(this.load.withKinds(kinds));
	}

	/**
	 * Sends a header with all kinds of requests that have been described so far.
	 * @param name such as {@code Authorization}
	 * @param value its value
	 * @return other traffic
	 */
	public Traffic header(String name, String value) {
		List<RequestKind> kinds = this.load.kinds().stream().map((kind) -> {
			Map<String, String> headers = new TreeMap<>(kind.headers());
			headers.put(name, value);
			return new RequestKind(kind.method(), kind.path(), headers, kind.body());
		}).toList();
		return with(this.load.withKinds(kinds));
	}

	/**
	 * Sends so many requests at a time: 16 unless told otherwise.
	 * @param count the number, at least one
	 * @return other traffic
	 */
	public Traffic connections(int count) {
		Assert.isTrue(count > 0, "Traffic needs at least one connection");
		return with(this.load.withConnections(count));
	}

	/**
	 * Keeps a share of the connections, and opens a new one for each request on the
	 * others. All are kept unless told otherwise.
	 * @param share from 0 to 1
	 * @return other traffic
	 */
	public Traffic keepAlive(double share) {
		Assert.isTrue(share >= 0 && share <= 1, () -> "%s is no share: use 0 to 1".formatted(share));
		return with(this.load.withKeepAlive(share));
	}

	/**
	 * Sends requests when they are due, as many clients do that know nothing of each
	 * other, and not when the last one was answered. Latencies count from then on.
	 * @param rate how many are due
	 * @return other traffic
	 */
	public Traffic openLoop(Rate rate) {
		return with(this.load.withPerSecond(rate.perSecond()));
	}

	/**
	 * Takes a request for failed that is not answered in another time than 20 seconds.
	 * @param timeout the time
	 * @return other traffic
	 */
	public Traffic timeout(Duration timeout) {
		return with(this.load.withResponseTimeout(timeout));
	}

	/**
	 * Ends by itself after another time than 15 minutes.
	 * @param limit the time
	 * @return other traffic
	 */
	public Traffic atMost(Duration limit) {
		return with(this.load.withMaxDuration(limit));
	}

	/**
	 * Goes through a load balancer. Unless told otherwise, that is a prober that asks
	 * each second, acts half a second later and believes the first answer, or none if
	 * there is one instance.
	 * @param balancer the balancer
	 * @return other traffic
	 */
	public Traffic through(Balancer balancer) {
		return new Traffic(this.fleet, this.load, balancer, this.listener);
	}

	private Traffic with(Load changed) {
		return new Traffic(this.fleet, changed, this.balancer, this.listener);
	}

	private Balancer balancer() {
		if (this.balancer != null) {
			return this.balancer;
		}
		return (this.fleet.getInstances().size() == 1) ? Balancer.none()
				: Balancer.prober(Duration.ofSeconds(1)).actsAfter(Duration.ofMillis(500));
	}

	/**
	 * Sends requests from before an action until after it.
	 * @param action what is done to the fleet
	 * @return what became of the requests, and how processes stopped
	 */
	public RestartResult during(Runnable action) {
		Assert.state(!this.load.kinds().isEmpty(), "There is nothing to send: describe requests, such as get(\"/\")");
		int stopsBefore = this.fleet.getStops().size();
		int restartsBefore = this.fleet.getRestarts().size();
		Balancer through = balancer();
		Instant began = Instant.now();
		RunningBalancer running = this.fleet.balance(through);
		try (LoadClient client = LoadClient.start(this.load, running.port())) {
			client.awaitMore(STEADY_REQUESTS);
			action.run();
			LoadReport report = client.stopAfter(STEADY_REQUESTS);
			List<StopResult> stops = this.fleet.getStops();
			List<Restart> restarts = this.fleet.getRestarts();
			RestartResult result = new RestartResult("%s, %s".formatted(this.fleet, through), this.fleet.getDirectory(),
					began, report, stops.subList(stopsBefore, stops.size()),
					restarts.subList(restartsBefore, restarts.size()));
			this.listener.accept(result);
			return result;
		}
		finally {
			this.fleet.closeBalancer();
		}
	}

}
