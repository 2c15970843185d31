package io.github.gracefulboot.systemtests.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ports of the loopback interface that nobody listens on, each given once.
 */
public final class FreePorts {

	private static final Set<Integer> given = ConcurrentHashMap.newKeySet();

	private FreePorts() {
	}

	public static int next() {
		int port = findFree();
		while (!given.add(port)) {
			port = findFree();
		}
		return port;
	}

	private static int findFree() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
