package com.example;

import java.util.concurrent.atomic.AtomicInteger;

import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;

/**
 * A bean of an application, which is in a package of its own.
 */
public final class Registration implements Announcer {

	/**
	 * The number of those that were created.
	 */
	public static final AtomicInteger CREATED = new AtomicInteger();

	/**
	 * Creates the bean.
	 */
	public Registration() {
		CREATED.incrementAndGet();
	}

	@Override
	public void announceStop(Deadline deadline) {
	}

}
