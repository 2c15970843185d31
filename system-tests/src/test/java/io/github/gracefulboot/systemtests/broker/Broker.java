package io.github.gracefulboot.systemtests.broker;

import java.util.Collection;
import java.util.Map;

/**
 * A broker with a queue or topic named {@code messages}.
 */
public interface Broker extends AutoCloseable {

	/**
	 * Environment variables that let the sample connect to it.
	 */
	Map<String, String> environment();

	/**
	 * Sends messages and waits until the broker has them.
	 */
	void send(Collection<String> messages);

	@Override
	void close();

}
