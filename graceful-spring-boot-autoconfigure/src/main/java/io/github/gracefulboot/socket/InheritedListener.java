package io.github.gracefulboot.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * A listening TCP socket that is the standard input of this process, as with systemd's
 * {@code .socket} units and {@code StandardInput=socket}. It stays open when the process
 * exits, so that clients wait in its queue for the next process instead of being refused.
 * Changes to the socket that would outlive this process must be avoided.
 *
 * @see <a href=
 * "https://www.freedesktop.org/software/systemd/man/latest/systemd.socket.html">systemd.socket(5)</a>
 */
public final class InheritedListener {

	private static final Log logger = LogFactory.getLog(InheritedListener.class);

	private InheritedListener() {
	}

	/**
	 * Returns whether such a socket was inherited.
	 * @return whether a server may accept connections from it
	 */
	public static boolean isPresent() {
		try {
			if (System.inheritedChannel() instanceof ServerSocketChannel channel
					&& channel.getLocalAddress() instanceof InetSocketAddress address) {
				logger.info(LogMessage
					.format("The web server listens on the inherited socket %s, regardless of server.port", address));
				return true;
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format("Could not determine whether standard input is an inherited socket: %s", ex));
		}
		return false;
	}

}
