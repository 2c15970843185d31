package io.github.gracefulboot.test.balancer;

/**
 * What passes nothing on.
 */
record NoBalancer() implements Balancer {

	@Override
	public RunningBalancer start(Backends backends) {
		return new Direct(backends);
	}

	@Override
	public String toString() {
		return "no balancer";
	}

}
