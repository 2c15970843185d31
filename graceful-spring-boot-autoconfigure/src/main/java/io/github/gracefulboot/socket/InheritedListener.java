package io.github.gracefulboot.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * A listening TCP socket that is the standard input of this process, as with systemd's
 * {@code .socket} units and {@code StandardInput=socket}. It stays open when the process
 * exits, so that clients wait in its queue for the next process instead of being refused.
 *
 * @see <a href=
 * "https://www.freedesktop.org/software/systemd/man/latest/systemd.socket.html">systemd.socket(5)</a>
 */
public final class InheritedListener implements ListenerSource {

	private static final Log logger = LogFactory.getLog(InheritedListener.class);

	@Override
	public @Nullable SharedListener listener(@Nullable InetAddress host, int port, boolean main) {
		try {
			if (main && System.inheritedChannel() instanceof ServerSocketChannel channel
					&& channel.getLocalAddress() instanceof InetSocketAddress address) {
				logger.info(LogMessage
					.format("The web server listens on the inherited socket %s, regardless of server.port", address));
				return SharedListener.inherited(channel);
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format("Could not determine whether standard input is an inherited socket: %s", ex));
		}
		return null;
	}

}
