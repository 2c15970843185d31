package io.github.gracefulboot.supervisor.pm2;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.posix.Descriptor;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Communicates with PM2 over the channel that Node.js gives its child processes, in which
 * each message is a line of JSON: sends {@code "ready"} and receives {@code "shutdown"}.
 * <p>
 * What is written to the channel and is no JSON, such as part of a message, makes PM2's
 * daemon throw and restart all its applications. Each message is therefore written as a
 * whole, and no two at a time. The channel stays open for the life of the process, as PM2
 * kills a process that closes it.
 *
 * @see <a href="https://pm2.keymetrics.io/docs/usage/signals-clean-restart/">PM2,
 * Graceful Stop</a>
 */
final class Pm2Supervisor implements Supervisor, AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(Pm2Supervisor.class);

	private static final String READY = "\"ready\"";

	private static final String SHUTDOWN = "\"shutdown\"";

	/**
	 * Longer lines are ignored. One more byte of them is kept to recognize them.
	 */
	private static final int LONGEST_LINE = 1024;

	private final String descriptor;

	private final boolean exitOnDisconnect;

	private volatile @Nullable Pm2Channel channel;

	private volatile boolean closed;

	private volatile Consumer<String> messages = (message) -> {
	};

	private boolean readySent;

	/**
	 * Creates the supervisor.
	 * @param descriptor the number of the channel's descriptor
	 * @param exitOnDisconnect whether to shut down when the channel is closed by PM2
	 */
	Pm2Supervisor(String descriptor, boolean exitOnDisconnect) {
		this.descriptor = descriptor;
		this.exitOnDisconnect = exitOnDisconnect;
	}

	@Override
	public String name() {
		return "PM2";
	}

	@Override
	public void open() throws IOException {
		Descriptor descriptor = Descriptor.parse("NODE_CHANNEL_FD", this.descriptor);
		descriptor.require("socket");
		this.channel = open(descriptor);
	}

	private static Pm2Channel open(Descriptor descriptor) throws IOException {
		try {
			return new DescriptorChannel(descriptor.number());
		}
		catch (LinkageError | RuntimeException ex) {
			return openWithoutNativeCode(descriptor, ex);
		}
	}

	private static Pm2Channel openWithoutNativeCode(Descriptor descriptor, Throwable failure) throws IOException {
		try {
			return InheritedChannel.open(descriptor);
		}
		catch (IOException ex) {
			throw new IOException("JNA is missing or cannot load native code (%s), and %s: add net.java.dev.jna:jna, "
				.formatted(failure, ex.getMessage())
					+ "or start with 'exec java ... 0<&%d'".formatted(descriptor.number()), ex);
		}
	}

	@Override
	public void ready() throws IOException {
		if (this.channel != null && !this.readySent) {
			this.readySent = true;
			send(READY);
		}
	}

	/**
	 * Sends a message, one after the other whoever sends them, also when nobody listens
	 * any more.
	 * @param json the message, in one line
	 * @throws IOException if PM2 is gone
	 */
	synchronized void send(String json) throws IOException {
		Pm2Channel channel = this.channel;
		if (channel != null) {
			channel.write((json + "\n").getBytes(StandardCharsets.UTF_8));
		}
	}

	/**
	 * Passes on what PM2 sends.
	 * @param messages called with each message but those that stop the process, a line of
	 * JSON, on the thread that listens
	 */
	void onMessage(Consumer<String> messages) {
		this.messages = messages;
	}

	@Override
	public void listen(Consumer<String> stopRequests) throws IOException {
		Pm2Channel channel = this.channel;
		if (channel == null) {
			return;
		}
		try {
			listen(channel, stopRequests);
		}
		finally {
			channel.endReading();
		}
		if (!this.closed) {
			disconnected(stopRequests);
		}
	}

	/**
	 * Stops listening, since PM2 sends nothing more. HotSpot would delay the exit by 300
	 * ms for a thread that still waits in native code.
	 */
	@Override
	public void stopping() throws IOException {
		disconnect();
	}

	private void listen(Pm2Channel channel, Consumer<String> stopRequests) throws IOException {
		byte[] buffer = new byte[LONGEST_LINE];
		ByteArrayOutputStream line = new ByteArrayOutputStream();
		int length = channel.read(buffer);
		while (length > 0) {
			for (int i = 0; i < length; i++) {
				if (buffer[i] == '\n') {
					received(line, stopRequests);
					line.reset();
				}
				else if (line.size() <= LONGEST_LINE) {
					line.write(buffer[i]);
				}
			}
			length = channel.read(buffer);
		}
	}

	/**
	 * Stops listening, so that another context of this process can listen. The channel
	 * itself stays open.
	 */
	@Override
	public void disconnect() throws IOException {
		Pm2Channel channel = this.channel;
		if (channel != null && !this.closed) {
			this.closed = true;
			channel.wakeUp();
		}
	}

	private void received(ByteArrayOutputStream line, Consumer<String> stopRequests) {
		if (line.size() > LONGEST_LINE) {
			return;
		}
		String message = line.toString(StandardCharsets.UTF_8).strip();
		if (SHUTDOWN.equals(message)) {
			stopRequests.accept("PM2's shutdown message");
		}
		else {
			this.messages.accept(message);
		}
	}

	private void disconnected(Consumer<String> stopRequests) {
		if (this.exitOnDisconnect) {
			stopRequests.accept("PM2 disconnected (graceful.supervisor.pm2.exit-on-disconnect)");
		}
		else {
			logger.warn("PM2 disconnected; continuing without a supervisor. Stop this process with SIGTERM before PM2 "
					+ "starts another one on the same port, or set graceful.supervisor.pm2.exit-on-disconnect=true");
		}
	}

}
