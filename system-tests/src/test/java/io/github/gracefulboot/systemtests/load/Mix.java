package io.github.gracefulboot.systemtests.load;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.github.gracefulboot.test.Body;
import io.github.gracefulboot.test.Fleet;
import io.github.gracefulboot.test.Traffic;
import io.github.gracefulboot.test.load.Load;
import io.github.gracefulboot.test.load.LoadClient;
import io.github.gracefulboot.test.load.RequestKind;

/**
 * What the applications are tested with while they are restarted: 16 connections unless
 * it is little, and on each one request after the other.
 */
public enum Mix {

	/**
	 * Nothing but POST on connections that are kept: what no balancer sends a second
	 * time, and nothing beside it from which a balancer could learn at no cost.
	 */
	POST {
		@Override
		public Traffic to(Fleet fleet) {
			return fleet.traffic().post(path(), BODY);
		}
	},

	/**
	 * POST and GET, on connections that are kept and one connection for each request.
	 */
	MIXED {
		@Override
		public Traffic to(Fleet fleet) {
			return fleet.traffic().post(path(), BODY).get(path()).keepAlive(0.5);
		}
	},

	/**
	 * Two requests a second, one connection for each.
	 */
	SPARSE {
		@Override
		public Traffic to(Fleet fleet) {
			return fleet.traffic().get("/slow?ms=500").connections(1).keepAlive(0);
		}
	};

	private static final Body BODY = Body.text("x".repeat(200));

	/**
	 * Sent before the first and after the last thing that is done.
	 */
	public static final int STEADY_REQUESTS = 160;

	/**
	 * Describes it for a fleet.
	 */
	public abstract Traffic to(Fleet fleet);

	/**
	 * The path of a request, which takes the server some time.
	 */
	public static String path() {
		return "/slow?ms=" + Integer.getInteger("graceful.system-tests.request-millis", 50);
	}

	/**
	 * The same as {@link #MIXED}, for what is not a fleet.
	 */
	public static Load mixed() {
		byte[] body = "x".repeat(200).getBytes(StandardCharsets.US_ASCII);
		return Load.of(List.of(new RequestKind("POST", path(), Map.of("Content-Type", "text/plain"), (n) -> body),
				RequestKind.withoutBody("GET", path())), 0.5, 16);
	}

	/**
	 * Sends it, and returns when it is under way.
	 */
	public static LoadClient startMixed(int port) {
		return start(mixed(), port);
	}

	/**
	 * Sends load, and returns when it is under way.
	 */
	public static LoadClient start(Load load, int port) {
		LoadClient client = LoadClient.start(load, port);
		client.awaitMore(STEADY_REQUESTS);
		return client;
	}

	/**
	 * The longest that a request takes while nothing happens.
	 */
	public static Duration longestWait(int port) {
		try (LoadClient client = startMixed(port)) {
			return client.stopAfter(STEADY_REQUESTS).max();
		}
	}

}
