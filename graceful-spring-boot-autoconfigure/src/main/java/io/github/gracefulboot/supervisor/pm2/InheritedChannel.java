package io.github.gracefulboot.supervisor.pm2;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

import io.github.gracefulboot.posix.Descriptor;

/**
 * A channel that is also the standard input of the process, as with
 * {@code exec java ... 0<&3}. Needs no native code.
 */
final class InheritedChannel implements Pm2Channel {

	private final SocketChannel channel;

	private final Selector selector;

	private InheritedChannel(SocketChannel channel) throws IOException {
		this.channel = channel;
		this.selector = Selector.open();
		channel.configureBlocking(false);
		channel.register(this.selector, SelectionKey.OP_READ);
	}

	/**
	 * Opens the channel.
	 * @param descriptor the channel's descriptor
	 * @return the channel
	 * @throws IOException if standard input is not this channel
	 */
	static InheritedChannel open(Descriptor descriptor) throws IOException {
		if (descriptor.file().equals(new Descriptor(0, "standard input").file())) {
			Channel channel = System.inheritedChannel();
			if (channel instanceof SocketChannel socketChannel) {
				return new InheritedChannel(socketChannel);
			}
		}
		throw new IOException("standard input is not PM2's channel");
	}

	@Override
	public void write(byte[] bytes) throws IOException {
		ByteBuffer buffer = ByteBuffer.wrap(bytes);
		while (buffer.hasRemaining()) {
			this.channel.write(buffer);
		}
	}

	@Override
	public int read(byte[] buffer) throws IOException {
		try {
			while (this.selector.isOpen()) {
				int length = this.channel.read(ByteBuffer.wrap(buffer));
				if (length != 0) {
					return length;
				}
				this.selector.select((key) -> {
				});
			}
		}
		catch (ClosedSelectorException | SocketException ex) {
			// Woken up, or reset because the other end was closed with unread data
		}
		return -1;
	}

	/**
	 * Leaves the channel itself open, as closing it would close the standard streams.
	 */
	@Override
	public void wakeUp() throws IOException {
		this.selector.close();
	}

	@Override
	public void endReading() {
	}

}
