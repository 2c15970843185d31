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

	/**
	 * The first of two ports in a row.
	 */
	public static int nextPair() {
		int port = next();
		while (!isFree(port + 1) || !given.add(port + 1)) {
			port = next();
		}
		return port;
	}

	private static int findFree() {
		try (ServerSocket socket = listen(0)) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = listen(port)) {
			return socket.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static ServerSocket listen(int port) throws IOException {
		return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
	}

}
