package io.github.gracefulboot.startup.warmup;

import java.net.InetSocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * Knows where the application can connect to its own web server while another process
 * answers at the port.
 */
@FunctionalInterface
public interface SideDoor {

	/**
	 * Returns where the main web server accepts connections of the application itself.
	 * @return the address, or {@code null} if it is that of the server
	 */
	@Nullable InetSocketAddress sideDoor();

}
