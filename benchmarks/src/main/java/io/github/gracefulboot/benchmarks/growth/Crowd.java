package io.github.gracefulboot.benchmarks.growth;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Thousands of clients on one thread, each with a connection of its own, on which it has
 * sent a request.
 */
final class Crowd implements AutoCloseable {

	/**
	 * Fewer than wait in the queue of a listener.
	 */
	private static final int AT_A_TIME = 256;

	private static final String END = "answered.";

	private final Selector selector = Selector.open();

	private final List<Member> members = new ArrayList<>();

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);

	private final byte[] request;

	private int answered;

	private int ended;

	private int broken;

	private long lastAnswer;

	private Crowd(String path) throws IOException {
		this.request = "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path).getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Connects all, and sends a request each.
	 * @param port where to
	 * @param size how many there are
	 * @param path what they ask for
	 * @return the crowd
	 * @throws IOException if a connection fails
	 */
	static Crowd open(int port, int size, String path) throws IOException {
		Crowd crowd = new Crowd(path);
		InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
		while (crowd.members.size() < size) {
			int until = Math.min(size, crowd.members.size() + AT_A_TIME);
			while (crowd.members.size() < until) {
				crowd.add(address);
			}
			crowd.look(Duration.ZERO);
		}
		return crowd;
	}

	private void add(InetSocketAddress address) throws IOException {
		SocketChannel channel = SocketChannel.open(address);
		channel.write(ByteBuffer.wrap(this.request));
		channel.configureBlocking(false);
		Member member = new Member(channel);
		channel.register(this.selector, SelectionKey.OP_READ, member);
		this.members.add(member);
	}

	int size() {
		return this.members.size();
	}

	int answered() {
		return this.answered;
	}

	/**
	 * Returns how many connections broke before the answer was complete.
	 * @return the number
	 */
	int broken() {
		return this.broken;
	}

	/**
	 * Returns when the last answer was complete.
	 * @return the time, in {@link System#nanoTime()}
	 */
	long lastAnswer() {
		return this.lastAnswer;
	}

	/**
	 * Returns whether each request was answered or lost.
	 * @return whether nobody waits
	 */
	boolean isServed() {
		return this.answered + this.broken == this.members.size();
	}

	boolean isGone() {
		return this.ended == this.members.size();
	}

	/**
	 * Reads what has come.
	 * @param atMost how long to wait for it
	 * @throws IOException if it cannot be read
	 */
	void look(Duration atMost) throws IOException {
		if (atMost.isZero()) {
			this.selector.selectNow(this::read);
		}
		else {
			this.selector.select(this::read, atMost.toMillis());
		}
	}

	private void read(SelectionKey key) {
		Member member = (Member) key.attachment();
		try {
			this.buffer.clear();
			int read = member.channel.read(this.buffer);
			if (read < 0) {
				end(member);
				return;
			}
			if (!member.answered && member.accept(this.buffer.flip())) {
				this.answered++;
				this.lastAnswer = System.nanoTime();
			}
		}
		catch (IOException ex) {
			end(member);
		}
	}

	private void end(Member member) {
		this.ended++;
		if (!member.answered) {
			this.broken++;
		}
		close(member);
	}

	private static void close(Member member) {
		try {
			member.channel.close();
		}
		catch (IOException ex) {
			// It has no more use
		}
	}

	@Override
	public void close() throws IOException {
		this.members.forEach(Crowd::close);
		this.selector.close();
	}

	private static final class Member {

		private final SocketChannel channel;

		private final StringBuilder response = new StringBuilder();

		private boolean answered;

		private Member(SocketChannel channel) {
			this.channel = channel;
		}

		private boolean accept(ByteBuffer bytes) {
			this.response.append(StandardCharsets.US_ASCII.decode(bytes));
			this.answered = this.response.indexOf("HTTP/1.1 200") == 0 && this.response.indexOf(END) > 0;
			return this.answered;
		}

	}

}
