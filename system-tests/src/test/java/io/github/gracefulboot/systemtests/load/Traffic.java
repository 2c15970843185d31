package io.github.gracefulboot.systemtests.load;

import java.util.List;

/**
 * What a rolling restart is tested with: 16 connections in all, requests of 50 ms.
 */
public enum Traffic {

	/**
	 * Nothing but POST on connections that are kept: what no balancer sends a second
	 * time, and nothing beside it from which a balancer could learn at no cost.
	 */
	POST(List.of(Load.of("POST", Traffic.PATH, true, 16))),

	/**
	 * POST and GET, on connections that are kept and one connection for each request.
	 */
	MIXED(List.of(Load.of("POST", Traffic.PATH, true, 4), Load.of("POST", Traffic.PATH, false, 4),
			Load.of("GET", Traffic.PATH, true, 4), Load.of("GET", Traffic.PATH, false, 4)));

	private static final String PATH = "/slow?ms=50";

	private final List<Load> loads;

	Traffic(List<Load> loads) {
		this.loads = loads;
	}

	public List<Load> loads() {
		return this.loads;
	}

}
