package io.github.gracefulboot.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Set;

import com.sun.jna.LastErrorException;
import io.github.gracefulboot.posix.CLibrary;

/**
 * Makes a channel of a listening socket that was received from another process, which the
 * JDK offers no way for: it opens a channel and puts the socket under its descriptor.
 */
public final class TakenOverListener {

	private TakenOverListener() {
	}

	/**
	 * Creates the listener.
	 * @param descriptor the descriptor of the socket, which is closed
	 * @param address where the socket listens
	 * @param kept whether a supervisor keeps the socket
	 * @return the listener
	 * @throws IOException if there can be none
	 */
	public static SharedListener of(int descriptor, InetSocketAddress address, boolean kept) throws IOException {
		CLibrary c = CLibrary.load();
		try {
			return of(c, descriptor, address, kept);
		}
		catch (IOException | LastErrorException ex) {
			throw new IOException("The listening socket cannot be used: " + ex.getMessage(), ex);
		}
		finally {
			c.close(descriptor);
		}
	}

	private static SharedListener of(CLibrary c, int descriptor, InetSocketAddress address, boolean kept)
			throws IOException {
		ServerSocketChannel channel = ServerSocketChannel.open();
		try {
			channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
			Set<Integer> own = new ListeningSocket(port).descriptors();
			if (own.size() != 1) {
				throw new IOException("the descriptor of a listening socket was not found in /proc");
			}
			c.dup3(descriptor, own.iterator().next(), CLibrary.O_CLOEXEC);
			return SharedListener.takenOver(channel, address, kept);
		}
		catch (IOException | LastErrorException ex) {
			channel.close();
			throw ex;
		}
	}

}
