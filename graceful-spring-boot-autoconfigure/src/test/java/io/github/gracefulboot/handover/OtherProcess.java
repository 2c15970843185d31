package io.github.gracefulboot.handover;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.gracefulboot.posix.Descriptor;
import io.github.gracefulboot.posix.DescriptorWait;
import io.github.gracefulboot.posix.UnixSocket;
import io.github.gracefulboot.posix.UnixSocket.Message;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Another process, which says what a test lets it say.
 */
final class OtherProcess implements AutoCloseable {

	private static final int LONGEST_ANSWER = 10_000;

	private final UnixSocket socket;

	private final List<Integer> descriptors = new ArrayList<>();

	private boolean open = true;

	OtherProcess(UnixSocket socket) {
		this.socket = socket;
	}

	static OtherProcess at(Path path) throws IOException {
		UnixSocket socket = UnixSocket.connect(path);
		assertThat(socket).as("who listens at " + path).isNotNull();
		return new OtherProcess(socket);
	}

	void say(String text, int... descriptors) throws IOException {
		this.socket.send(text, descriptors);
	}

	/**
	 * Waits for an answer.
	 * @return the answer, or {@code null} if the conversation has ended
	 */
	@Nullable String hear() throws IOException {
		try (DescriptorWait wait = new DescriptorWait()) {
			assertThat(wait.awaitReadable(this.socket.descriptor(), LONGEST_ANSWER)).as("an answer").isTrue();
		}
		Message message = this.socket.receive();
		if (message == null) {
			return null;
		}
		for (int descriptor : message.descriptors()) {
			this.descriptors.add(descriptor);
		}
		return message.text();
	}

	/**
	 * Returns whether there is no answer yet.
	 * @return whether nothing can be heard now
	 */
	boolean hearsNothing() throws IOException {
		try (DescriptorWait wait = new DescriptorWait()) {
			return !wait.awaitReadable(this.socket.descriptor(), 0);
		}
	}

	/**
	 * Returns the files whose descriptors came up to now.
	 * @return their names
	 */
	List<String> files() throws IOException {
		List<String> files = new ArrayList<>();
		for (int descriptor : this.descriptors) {
			files.add(file(descriptor));
		}
		return files;
	}

	static String file(int descriptor) throws IOException {
		return new Descriptor(descriptor, "the test").file();
	}

	@Override
	public void close() {
		if (this.open) {
			this.open = false;
			this.socket.close();
			Conversation.discard(this.descriptors.stream().mapToInt(Integer::intValue).toArray());
		}
	}

}
