package io.github.gracefulboot.systemtests.load;

import java.util.List;

import io.github.gracefulboot.test.load.Load;

/**
 * What a rolling restart is tested with: 16 connections in all, and on each one request
 * after the other.
 */
public enum Traffic {

	/**
	 * Nothing but POST on connections that are kept: what no balancer sends a second
	 * time, and nothing beside it from which a balancer could learn at no cost.
	 */
	POST(List.of(Load.of("POST", path(), true, 16))),

	/**
	 * POST and GET, on connections that are kept and one connection for each request.
	 */
	MIXED(List.of(Load.of("POST", path(), true, 4), Load.of("POST", path(), false, 4), Load.of("GET", path(), true, 4),
			Load.of("GET", path(), false, 4))),

	/**
	 * Two requests a second, one connection for each.
	 */
	SPARSE(List.of(Load.of("GET", "/slow?ms=500", false, 1)));

	private final List<Load> loads;

	Traffic(List<Load> loads) {
		this.loads = loads;
	}

	public List<Load> loads() {
		return this.loads;
	}

	/**
	 * The path of such a request, which takes the server some time.
	 */
	public static String path() {
		return "/slow?ms=" + Integer.getInteger("graceful.system-tests.request-millis", 50);
	}

}
