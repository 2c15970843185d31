package io.github.gracefulboot.handover;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.posix.UnixSocket.Message;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import io.github.gracefulboot.socket.SharedListener;
import io.github.gracefulboot.socket.TakenOverListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * The process that serves the port while this one starts.
 */
final class Predecessor {

	private static final Log logger = LogFactory.getLog(Predecessor.class);

	/**
	 * How long an answer may take, once the other process is ready itself.
	 */
	private static final Duration LONGEST_ANSWER = Duration.ofSeconds(10);

	private static final Message GONE = new Message("", new int[0]);

	/**
	 * The kernel only knows which process was the first to listen.
	 */
	private final long pid;

	private final Conversation conversation;

	private final BlockingQueue<Message> answers = new LinkedBlockingQueue<>();

	private final SharedPath path;

	private final Consumer<String> onWithdrawn;

	private Predecessor(Conversation conversation, long pid, int[] descriptors, Consumer<String> onWithdrawn) {
		this.onWithdrawn = onWithdrawn;
		this.pid = pid;
		this.conversation = conversation;
		this.path = SharedPath.of(descriptors);
		DaemonThreads.start("graceful-handover-predecessor", this::listen);
	}

	/**
	 * Asks for the port.
	 * @param conversation with the process that serves it
	 * @param replace whether that one is to leave
	 * @param startTimeout how long this start may take
	 * @param onWithdrawn called with the reason if this process will not get the port
	 * after all
	 * @return the process, or {@code null} if it is gone
	 * @throws HandOverFailedException if it refuses
	 */
	static @Nullable Predecessor ask(Conversation conversation, boolean replace, Duration startTimeout,
			Consumer<String> onWithdrawn) {
		try {
			conversation.send(String.join(" ", Conversation.PROTOCOL, Conversation.VERSION,
					replace ? Conversation.TAKE_OVER : Conversation.SHARE, String.valueOf(startTimeout.toMillis())));
			// It may be starting, too
			Message answer = conversation.receive(Deadline.after(System::nanoTime, startTimeout));
			if (answer == null) {
				conversation.close();
				return null;
			}
			String[] words = answer.text().split(" ");
			if (words.length == 2 && words[0].equals(Conversation.WELCOME)
					&& answer.descriptors().length == SharedPath.DESCRIPTORS) {
				return new Predecessor(conversation, Long.parseLong(words[1]), answer.descriptors(), onWithdrawn);
			}
			Conversation.discard(answer.descriptors());
			conversation.close();
			throw new HandOverFailedException(
					"The process that serves it refuses: %s.".formatted(reason(answer.text())),
					"It keeps serving. Start this process again when that is over, or stop the other one first.");
		}
		catch (IOException ex) {
			logger.debug("Whoever served the port is gone", ex);
			conversation.close();
			return null;
		}
		catch (TimeoutException ex) {
			conversation.close();
			throw new HandOverFailedException(
					"The process that serves it did not answer within %s.".formatted(Durations.text(startTimeout)),
					"See whether it hangs. It can be stopped by SIGTERM, after which this one can be started.", ex);
		}
	}

	private static String reason(String message) {
		return message.startsWith(Conversation.REFUSED + " ") ? message.substring(Conversation.REFUSED.length() + 1)
				: "'" + message + "'";
	}

	private void listen() {
		try {
			Message message;
			while ((message = this.conversation.receive()) != null) {
				if (message.text().startsWith(Conversation.WITHDRAWN)) {
					this.onWithdrawn.accept(message.text().substring(Conversation.WITHDRAWN.length()).strip());
				}
				this.answers.add(message);
			}
		}
		catch (IOException ex) {
			logger.debug("The conversation broke off", ex);
		}
		this.answers.add(GONE);
		this.conversation.close();
	}

	long pid() {
		return this.pid;
	}

	SharedPath path() {
		return this.path;
	}

	/**
	 * Asks for a listening socket.
	 * @param host the address, or {@code null} for every address of the machine
	 * @param port the port, or 0 for any
	 * @param main whether it is the main one
	 * @return the listener, or {@code null} if the other process has no such one
	 * @throws HandOverFailedException if it is the main one that the other process has
	 * not
	 * @throws PredecessorGoneException if the other process is gone
	 */
	@Nullable SharedListener listener(@Nullable InetAddress host, int port, boolean main) throws PredecessorGoneException {
		String text = Conversation.text(host);
		try {
			ask("%s %s %s %d".formatted(Conversation.LISTENER, main ? Conversation.MAIN : Conversation.OTHER, text,
					port));
			Message answer = this.answers.poll(LONGEST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
			if (answer == null) {
				throw new IOException("it does not answer");
			}
			if (answer == GONE) {
				// Also for those who wait for it later
				this.answers.add(GONE);
				throw new PredecessorGoneException(pid());
			}
			String[] words = answer.text().split(" ");
			InetSocketAddress address = (words.length == 4 && words[0].equals(Conversation.LISTENER))
					? address(words[1], words[2]) : null;
			if (address != null && answer.descriptors().length == 1) {
				logger.info(LogMessage.format(
						"Port %d is taken over from process %d, which serves it until this one is ready",
						address.getPort(), pid()));
				return TakenOverListener.of(answer.descriptors()[0], address, words[3].equals(Conversation.KEPT));
			}
			Conversation.discard(answer.descriptors());
			if (words.length != 3 || !words[0].equals(Conversation.NONE)) {
				throw new IOException("it says '" + answer.text() + "'");
			}
			if (main) {
				throw otherAddress(text, port, words);
			}
			return null;
		}
		catch (IOException ex) {
			throw new HandOverFailedException("Process %d cannot hand it over: %s.".formatted(pid(), ex.getMessage()),
					"Start this process again. If nobody serves the port then, it is opened as usual.", ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new HandOverFailedException("The start was interrupted.", "Start this process again.", ex);
		}
	}

	private void ask(String question) throws PredecessorGoneException {
		try {
			this.conversation.send(question);
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("Process %d does not listen", pid()), ex);
			throw new PredecessorGoneException(pid());
		}
	}

	private HandOverFailedException otherAddress(String host, int port, String[] answer) {
		return new HandOverFailedException(
				"Process %d listens on %s:%s and this one is configured to listen on %s:%d.".formatted(pid(), answer[1],
						answer[2], host, port),
				"A hand-over keeps the address: set server.port and server.address to those of process %d, or stop that process first."
					.formatted(pid()));
	}

	private static @Nullable InetSocketAddress address(String host, String port) {
		try {
			return new InetSocketAddress(Conversation.host(host), Integer.parseInt(port));
		}
		catch (IllegalArgumentException | UnknownHostException ex) {
			return null;
		}
	}

	/**
	 * Says that this process is ready to serve.
	 * @return whether it is to serve: the other one leaves, or is gone
	 */
	boolean ready() {
		try {
			this.conversation.send(Conversation.READY);
		}
		catch (IOException ex) {
			// What it said last is still to be read
			logger.debug(LogMessage.format("Process %d is gone", pid()), ex);
		}
		try {
			while (true) {
				Message answer = this.answers.poll(LONGEST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
				if (answer == null) {
					logger.warn(LogMessage
						.format("Process %d does not say whether it leaves: this process serves beside it", pid()));
					return true;
				}
				if (answer == GONE || answer.text().equals(Conversation.LEAVING)) {
					return true;
				}
				if (answer.text().startsWith(Conversation.WITHDRAWN)) {
					return false;
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
	}

	/**
	 * Ends the conversation.
	 */
	void leave() {
		this.conversation.end();
	}

}
