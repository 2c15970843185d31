package io.github.gracefulboot.test.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports of the loopback interface that nobody listens on, each given once. Each of the
 * JVMs that tests run in has a range of its own, below those that the system gives to
 * connections, and begins anywhere in it: another build may run on the same machine.
 */
public final class FreePorts {

	private static final int FIRST = 10_000;

	private static final int RANGE = 4_000;

	private static final AtomicInteger next = new AtomicInteger(
			FIRST + RANGE * (Integer.getInteger("graceful.test.fork", 1) - 1) + random(RANGE * 3 / 4));

	private FreePorts() {
	}

	public static int next() {
		int port = next.getAndIncrement();
		while (!isFree(port)) {
			port = next.getAndIncrement();
		}
		return port;
	}

	/**
	 * The first of two ports in a row.
	 * @return the lower one
	 */
	public static int nextPair() {
		int port = next();
		int second = next();
		while (second != port + 1) {
			port = second;
			second = next();
		}
		return port;
	}

	private static int random(int bound) {
		return ThreadLocalRandom.current().nextInt(bound);
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
			return socket.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

}
