package io.github.gracefulboot.handover;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.posix.DescriptorWait;
import io.github.gracefulboot.posix.UnixSocket;
import io.github.gracefulboot.posix.UnixSocket.Message;
import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.shutdown.Durations;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Answers the processes that want the port of this one: on a thread for each, so that one
 * that hangs holds up nobody. One at a time may take it over.
 */
final class HandOverServer {

	private static final Log logger = LogFactory.getLog(HandOverServer.class);

	private static final Duration LONGEST_GREETING = Duration.ofSeconds(5);

	private static final Duration LONGEST_START = Duration.ofDays(1);

	/**
	 * A start that takes too long ends by itself, and can tell better why.
	 */
	private static final Duration GRACE = Duration.ofSeconds(5);

	private static final Duration LONGEST_END = Duration.ofSeconds(1);

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

	/**
	 * Whoever waits to be answered is still there afterwards.
	 */
	private static final Duration AFTER_FAILURE = Duration.ofMillis(500);

	private static final int NOBODY = -1;

	private static final int MOST_CONVERSATIONS = 32;

	private final SharedPath path;

	private final Host host;

	private final Duration grace;

	private final DescriptorWait wait = new DescriptorWait();

	private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();

	private final Thread thread;

	private @Nullable Conversation applicant;

	private boolean ended;

	/**
	 * Creates the server, and begins to answer.
	 * @param path where others connect
	 * @param host what is handed over
	 */
	HandOverServer(SharedPath path, Host host) {
		this(path, host, GRACE);
	}

	HandOverServer(SharedPath path, Host host, Duration grace) {
		this.grace = grace;
		this.path = path;
		this.host = host;
		this.thread = DaemonThreads.start("graceful-handover", this::serve);
	}

	private void serve() {
		try {
			while (this.wait.awaitReadable(this.path.listener().descriptor(), DescriptorWait.NO_LIMIT)) {
				acceptIfPossible();
			}
		}
		catch (IOException ex) {
			logger.warn(LogMessage.format("The port can no longer be handed over: %s", ex.getMessage()));
		}
		finally {
			endWelcome();
			this.wait.close();
		}
	}

	private void acceptIfPossible() throws IOException {
		try {
			accept();
		}
		catch (IOException | RuntimeException | Error ex) {
			logger.warn(LogMessage.format("A process that asks for the port has to wait for an answer: %s",
					ex.getMessage()));
			this.wait.awaitReadable(NOBODY, (int) AFTER_FAILURE.toMillis());
		}
	}

	private void accept() throws IOException {
		// Of several processes that listen here, another one may have been faster
		UnixSocket socket = this.path.listener().acceptNow();
		if (socket == null) {
			return;
		}
		Conversation conversation = new Conversation(socket);
		if (this.conversations.size() >= MOST_CONVERSATIONS) {
			sendAway(conversation, "too many processes ask for it at once");
			return;
		}
		this.conversations.add(conversation);
		try {
			DaemonThreads.start("graceful-handover-" + conversation.pid(), () -> converse(conversation));
		}
		catch (OutOfMemoryError ex) {
			this.conversations.remove(conversation);
			sendAway(conversation, "it has no thread left");
		}
	}

	private static void sendAway(Conversation conversation, String reason) {
		try {
			refuse(conversation, reason);
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("Process %d did not wait for an answer", conversation.pid()), ex);
		}
		finally {
			conversation.close();
		}
	}

	/**
	 * Stops to answer those who come. What was begun goes on.
	 */
	void end() {
		endWelcome();
		this.wait.end();
		try {
			this.thread.join(LONGEST_END.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Ends all conversations.
	 */
	void close() {
		end();
		this.conversations.forEach(Conversation::end);
	}

	private void converse(Conversation conversation) {
		try {
			Greeting greeting = greet(conversation);
			if (greeting != null) {
				serve(conversation, greeting);
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format("The conversation with process %d about the port broke off: %s",
					conversation.pid(), ex.getMessage()));
			logger.debug("Why it broke off", ex);
		}
		finally {
			forget(conversation);
			this.conversations.remove(conversation);
			conversation.close();
		}
	}

	/**
	 * Lets another process in.
	 * @param conversation the conversation
	 * @return what it wants, or {@code null} if it was refused or is gone
	 */
	private @Nullable Greeting greet(Conversation conversation) throws IOException {
		if (!conversation.isWithSameUser()) {
			return refuse(conversation, "it is of another user");
		}
		Message message = receive(conversation, Deadline.after(System::nanoTime, LONGEST_GREETING));
		if (message == null) {
			return null;
		}
		Conversation.discard(message.descriptors());
		Greeting greeting = Greeting.parse(message.text(), this.grace);
		if (greeting == null) {
			return refuse(conversation, "it speaks another version of the protocol than " + Conversation.VERSION);
		}
		Conversation applicant = greeting.takesOver() ? occupy(conversation) : conversation;
		if (applicant != conversation) {
			return refuse(conversation, "process %d is about to take the port over".formatted(applicant.pid()));
		}
		return awaitUsable(conversation, greeting) ? greeting : null;
	}

	private static @Nullable Greeting refuse(Conversation conversation, String reason) throws IOException {
		logger.warn(LogMessage.format("Process %d does not get the port: %s", conversation.pid(), reason));
		conversation.send(Conversation.REFUSED + " " + reason);
		return null;
	}

	private static @Nullable Message receive(Conversation conversation, Deadline deadline) throws IOException {
		try {
			return conversation.receive(deadline);
		}
		catch (TimeoutException ex) {
			return null;
		}
	}

	/**
	 * Makes it the one that takes the port over, unless there is one.
	 */
	private synchronized Conversation occupy(Conversation conversation) {
		Conversation applicant = this.applicant;
		if (applicant == null) {
			applicant = conversation;
			this.applicant = conversation;
		}
		return applicant;
	}

	private synchronized void forget(Conversation conversation) {
		if (this.applicant == conversation) {
			this.applicant = null;
		}
	}

	/**
	 * Waits until this process has something to hand over.
	 */
	private boolean awaitUsable(Conversation conversation, Greeting greeting) throws IOException {
		Deadline deadline = greeting.deadline();
		while (!this.host.isUsable(greeting.takesOver())) {
			if (deadline.hasPassed() || conversation.isClosedByPeer(BETWEEN_LOOKS)) {
				return false;
			}
		}
		return true;
	}

	private void serve(Conversation conversation, Greeting greeting) throws IOException {
		if (!welcome(conversation)) {
			return;
		}
		if (greeting.takesOver()) {
			logger.info(LogMessage.format("Process %d is about to take the port over, and has %s to get ready",
					conversation.pid(), Durations.text(greeting.timeout())));
		}
		while (true) {
			Message message;
			try {
				message = conversation.receive(greeting.deadline());
			}
			catch (TimeoutException ex) {
				withdraw(conversation, greeting);
				return;
			}
			if (message == null) {
				ended(conversation, greeting);
				return;
			}
			Conversation.discard(message.descriptors());
			if (message.text().equals(Conversation.READY) && greeting.takesOver()) {
				conversation.send(Conversation.LEAVING);
				this.host.handOver(conversation.pid());
				// Open until this process is gone, which tells the other one so
				conversation.receive();
				return;
			}
			answer(conversation, message.text().split(" "));
		}
	}

	/**
	 * Sends the descriptors, unless this process stops: their numbers may be those of
	 * other files then.
	 */
	private synchronized boolean welcome(Conversation conversation) throws IOException {
		if (!this.ended) {
			conversation.send(Conversation.WELCOME + " " + ProcessHandle.current().pid(), this.path.descriptors());
		}
		return !this.ended;
	}

	private synchronized void endWelcome() {
		this.ended = true;
	}

	private void withdraw(Conversation conversation, Greeting greeting) throws IOException {
		String reason = "it was not ready within " + Durations.text(greeting.timeout());
		if (greeting.takesOver()) {
			logger.warn(LogMessage.format("Process %d did not take the port over, since %s (its "
					+ "graceful.startup.timeout): this process keeps serving", conversation.pid(), reason));
			conversation.send(Conversation.WITHDRAWN + " " + reason);
		}
	}

	private void ended(Conversation conversation, Greeting greeting) {
		if (greeting.takesOver() && !this.wait.isEnded()) {
			logger.warn(LogMessage.format(
					"Process %d ended before it was ready to take the port over: this process keeps serving",
					conversation.pid()));
		}
	}

	private void answer(Conversation conversation, String[] words) throws IOException {
		if (words.length != 4 || !words[0].equals(Conversation.LISTENER)) {
			throw new IOException("'" + String.join(" ", words) + "' is no message of this protocol");
		}
		Listener listener = this.host.listening(Conversation.host(words[2]), Integer.parseInt(words[3]),
				words[1].equals(Conversation.MAIN));
		String text = Conversation.text(listener.host());
		if (listener.descriptor() < 0) {
			conversation.send("%s %s %d".formatted(Conversation.NONE, text, listener.port()));
		}
		else {
			conversation.send("%s %s %d %s".formatted(Conversation.LISTENER, text, listener.port(),
					listener.kept() ? Conversation.KEPT : Conversation.OWN), listener.descriptor());
		}
	}

	/**
	 * What is handed over.
	 */
	interface Host {

		/**
		 * Returns whether there is something to hand over.
		 * @param all whether this process is to leave, and has to be ready for that
		 * @return whether there is
		 */
		boolean isUsable(boolean all);

		/**
		 * Returns a listening socket.
		 * @param host the address, or {@code null} for every address
		 * @param port the port, or 0 for any
		 * @param main whether the main one is meant
		 * @return the socket, or none with the address of the main one
		 * @throws IOException if the sockets cannot be looked up
		 */
		Listener listening(@Nullable InetAddress host, int port, boolean main) throws IOException;

		/**
		 * Called when another process serves the port.
		 * @param pid its id
		 */
		void handOver(long pid);

	}

	/**
	 * A listening socket.
	 *
	 * @param descriptor its descriptor, negative if there is none
	 * @param host its address, or {@code null} for every address
	 * @param port its port
	 * @param kept whether a supervisor keeps it
	 */
	record Listener(int descriptor, @Nullable InetAddress host, int port, boolean kept) {

	}

	/**
	 * What another process wants.
	 *
	 * @param takesOver whether this process is to leave
	 * @param timeout how long it may take to get ready
	 * @param deadline when nobody waits for it any more
	 */
	private record Greeting(boolean takesOver, Duration timeout, Deadline deadline) {

		private static @Nullable Greeting parse(String text, Duration grace) {
			String[] words = text.split(" ");
			if (words.length != 4 || !words[0].equals(Conversation.PROTOCOL)
					|| !words[1].equals(Conversation.VERSION)) {
				return null;
			}
			try {
				Duration timeout = Durations.shorter(Duration.ofMillis(Long.parseLong(words[3])), LONGEST_START);
				return new Greeting(words[2].equals(Conversation.TAKE_OVER), timeout,
						Deadline.after(System::nanoTime, timeout.plus(grace)));
			}
			catch (NumberFormatException ex) {
				return null;
			}
		}

	}

}
