package io.github.gracefulboot.startup;

import java.util.concurrent.atomic.AtomicInteger;

import io.github.gracefulboot.StartupCheck;

/**
 * A check that is there from an attempt on.
 */
class TestCheck implements StartupCheck {

	private final String name;

	private final int passes;

	private final AtomicInteger attempts = new AtomicInteger();

	/**
	 * Creates the check.
	 * @param name its name
	 * @param passes the attempt that passes
	 */
	TestCheck(String name, int passes) {
		this.name = name;
		this.passes = passes;
	}

	static TestCheck never(String name) {
		return new TestCheck(name, Integer.MAX_VALUE);
	}

	static StartupCheck hangs(String name) {
		return new TestCheck(name, 1) {

			@Override
			public void check() throws Exception {
				super.check();
				Thread.sleep(60_000);
			}

		};
	}

	@Override
	public String name() {
		return this.name;
	}

	int attempts() {
		return this.attempts.get();
	}

	@Override
	public void check() throws Exception {
		if (this.attempts.incrementAndGet() < this.passes) {
			throw new IllegalStateException("not yet", new IllegalArgumentException("the root"));
		}
	}

}
