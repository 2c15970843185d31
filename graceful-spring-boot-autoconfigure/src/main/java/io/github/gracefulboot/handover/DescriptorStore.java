package io.github.gracefulboot.handover;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import io.github.gracefulboot.posix.CLibrary;
import io.github.gracefulboot.posix.NotifySocket;
import io.github.gracefulboot.socket.ListeningSocket;
import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.socket.TakenOverListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Lets systemd keep the listening socket while the process serves, so that clients wait
 * in its queue for the next process if this one crashes. Before the process stops, the
 * socket is taken back: what is done to it then would be there for the next process.
 *
 * @see <a href=
 * "https://www.freedesktop.org/software/systemd/man/latest/sd_pid_notify_with_fds.html">sd_pid_notify_with_fds(3)</a>
 */
final class DescriptorStore {

	private static final Log logger = LogFactory.getLog(DescriptorStore.class);

	private static final String NAME = "graceful";

	private static final int FIRST = 3;

	private final Function<String, @Nullable String> environment;

	/**
	 * Creates the store.
	 * @param environment gives the variables that systemd sets
	 */
	DescriptorStore(Function<String, @Nullable String> environment) {
		this.environment = environment;
	}

	/**
	 * Takes the socket over that a process before has left there.
	 * @param host where it has to listen, or {@code null} for every address
	 * @param port the port
	 * @return the listener, or {@code null} if there is none
	 */
	@Nullable SharedListener take(@Nullable InetAddress host, int port) {
		try {
			int descriptor = find();
			if (descriptor < 0) {
				return null;
			}
			Optional<InetSocketAddress> address = ListeningSocket.addressOf(descriptor)
				.filter((at) -> at.getPort() == port && ListeningSocket.isSame(at.getAddress(), host));
			if (address.isEmpty()) {
				CLibrary.load().close(descriptor);
				remove();
				return null;
			}
			logger.info(LogMessage.format("Port %d was kept by systemd since the process before ended", port));
			return TakenOverListener.of(descriptor, address.get(), false);
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format("The socket that systemd keeps cannot be used: %s", ex));
			return null;
		}
	}

	private int find() {
		String names = this.environment.apply("LISTEN_FDNAMES");
		boolean own = String.valueOf(ProcessHandle.current().pid()).equals(this.environment.apply("LISTEN_PID"));
		List<String> all = (own && names != null) ? Arrays.asList(names.split(":")) : List.of();
		int index = all.indexOf(NAME);
		return (index < 0) ? index : FIRST + index;
	}

	/**
	 * Lets systemd keep a socket.
	 * @param descriptor its descriptor
	 */
	void keep(int descriptor) {
		tell((systemd) -> systemd.send("FDSTORE=1\nFDNAME=" + NAME, descriptor));
	}

	/**
	 * Takes back what systemd keeps.
	 */
	void remove() {
		tell((systemd) -> systemd.send("FDSTOREREMOVE=1\nFDNAME=" + NAME));
	}

	private void tell(Message message) {
		String name = this.environment.apply("NOTIFY_SOCKET");
		if (name == null) {
			return;
		}
		try (NotifySocket socket = new NotifySocket(name)) {
			message.tell(socket);
		}
		catch (IOException ex) {
			// The supervisor's own way says so in a line
			logger.debug("systemd was not told what to keep", ex);
		}
	}

	/**
	 * Something to tell systemd.
	 */
	@FunctionalInterface
	private interface Message {

		void tell(NotifySocket systemd) throws IOException;

	}

}
