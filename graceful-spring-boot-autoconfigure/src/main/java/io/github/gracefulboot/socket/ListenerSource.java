package io.github.gracefulboot.socket;

import java.net.InetAddress;

import org.jspecify.annotations.Nullable;

/**
 * Somebody from whom web servers get a listening socket that exists already, instead of
 * one of their own.
 */
public interface ListenerSource {

	/**
	 * Returns the listener of an address.
	 * @param host the address, or {@code null} for every address of the machine
	 * @param port the port, or 0 for any
	 * @param main whether it is the main one of the application
	 * @return the listener, or {@code null} if there is none
	 */
	@Nullable SharedListener listener(@Nullable InetAddress host, int port, boolean main);

}
