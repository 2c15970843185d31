package io.github.gracefulboot.benchmarks.growth;

/**
 * What there is many of when the application is stopped.
 */
enum Scenario {

	IDLE("idle connections", "/now"),

	IN_FLIGHT("requests in flight that end", "/held"),

	CUT_OFF("requests in flight that never end", "/held", "--graceful.shutdown.timeout=10s",
			"--spring.lifecycle.timeout-per-shutdown-phase=10s");

	private final String title;

	private final String path;

	private final String[] args;

	Scenario(String title, String path, String... args) {
		this.title = title;
		this.path = path;
		this.args = args;
	}

	String path() {
		return this.path;
	}

	/**
	 * Returns what the application is started with.
	 * @return arguments
	 */
	String[] args() {
		return this.args;
	}

	@Override
	public String toString() {
		return this.title;
	}

}
