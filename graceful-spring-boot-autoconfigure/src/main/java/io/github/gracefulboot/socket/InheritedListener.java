package io.github.gracefulboot.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * A listening TCP socket that is this process's standard input, as systemd passes it on
 * with a {@code .socket} unit and {@code StandardInput=socket}. It stays open when the
 * process ends, so that clients wait in its queue for the next process instead of being
 * refused. Nothing may be changed about it that would outlive this process.
 *
 * @since 0.1.0
 * @see <a href=
 * "https://www.freedesktop.org/software/systemd/man/latest/systemd.socket.html">systemd.socket(5)</a>
 */
public final class InheritedListener {

	private static final Log logger = LogFactory.getLog(InheritedListener.class);

	private InheritedListener() {
	}

	/**
	 * Returns whether there is such a socket.
	 * @return whether a server may listen on it
	 */
	public static boolean isPresent() {
		try {
			if (System.inheritedChannel() instanceof ServerSocketChannel channel
					&& channel.getLocalAddress() instanceof InetSocketAddress address) {
				logger.info(LogMessage
					.format("The web server listens on the inherited socket %s, whatever server.port says", address));
				return true;
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format("Standard input could not be looked at for an inherited socket: %s", ex));
		}
		return false;
	}

}
