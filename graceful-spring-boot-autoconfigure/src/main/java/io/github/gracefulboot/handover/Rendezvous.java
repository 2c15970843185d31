package io.github.gracefulboot.handover;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.posix.UnixSocket;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * The path at which processes meet that hand a port on. Whoever finds somebody there asks
 * for the port; whoever finds nobody listens there from then on. A file beside it is
 * locked meanwhile, so that of several that start at once exactly one finds nobody.
 */
final class Rendezvous {

	private static final Log logger = LogFactory.getLog(Rendezvous.class);

	private static final String PROPERTY = "graceful.handover.path";

	private static final Duration LONGEST_LOCK = Duration.ofSeconds(5);

	private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);

	private static final Set<PosixFilePermission> ONLY_OWNER = PosixFilePermissions.fromString("rw-------");

	private static final int BACKLOG = 64;

	private final Path path;

	private final Path lockFile;

	/**
	 * Creates the path.
	 * @param path the path that is configured
	 */
	Rendezvous(Path path) {
		this.path = path.toAbsolutePath();
		this.lockFile = this.path.resolveSibling(this.path.getFileName() + ".lock");
		int length = this.path.toString().getBytes(StandardCharsets.UTF_8).length;
		if (length > UnixSocket.LONGEST_PATH) {
			throw failure("is %d bytes long, and a socket's path can have %d at the most".formatted(length,
					UnixSocket.LONGEST_PATH), "Set %s to a shorter path.".formatted(PROPERTY), null);
		}
		warnOfOthers();
	}

	/**
	 * Looks who is there.
	 * @return a conversation with who listens, or the socket on which this process
	 * listens from now on
	 */
	Meeting meet() {
		try {
			requireLockFile();
			return meetUnderLock();
		}
		catch (IOException ex) {
			throw failure("cannot be used: " + ex,
					"Set %s to a path in a directory that exists and belongs to the user of this process, and to nobody else."
						.formatted(PROPERTY),
					ex);
		}
	}

	/**
	 * Opening a link would make a file elsewhere, and opening a pipe would not end.
	 */
	private void requireLockFile() throws IOException {
		if (Files.exists(this.lockFile, LinkOption.NOFOLLOW_LINKS)
				&& !Files.isRegularFile(this.lockFile, LinkOption.NOFOLLOW_LINKS)) {
			throw new FileSystemException(this.lockFile.toString(), null, "is no regular file");
		}
	}

	private Meeting meetUnderLock() throws IOException {
		try (FileChannel channel = FileChannel.open(this.lockFile,
				Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
				PosixFilePermissions.asFileAttribute(ONLY_OWNER)); FileLock lock = acquire(channel)) {
			UnixSocket other = UnixSocket.connect(this.path);
			if (other != null) {
				return new Meeting(withSameUser(other), null);
			}
			return new Meeting(null, listen());
		}
	}

	/**
	 * Says that others can keep this process from its port. They do not get it: both ends
	 * look whose the other one is.
	 */
	private void warnOfOthers() {
		Path directory = this.path.getParent();
		try {
			if (directory != null
					&& Files.getPosixFilePermissions(directory).contains(PosixFilePermission.OTHERS_WRITE)) {
				logger.warn(LogMessage.format(
						"%s=%s: every user may write to its directory, and keep this service from starting. Use one "
								+ "to which only its own user may write, such as a RuntimeDirectory of systemd",
						PROPERTY, this.path));
			}
		}
		catch (IOException | UnsupportedOperationException ex) {
			logger.debug(LogMessage.format("Could not look who may write to %s", directory), ex);
		}
	}

	private static FileLock acquire(FileChannel channel) throws IOException {
		Deadline deadline = Deadline.after(System::nanoTime, LONGEST_LOCK);
		while (true) {
			FileLock lock = tryLock(channel);
			if (lock != null) {
				return lock;
			}
			if (deadline.hasPassed()) {
				throw new IOException("another process holds the lock of the file beside it");
			}
			try {
				Thread.sleep(BETWEEN_TRIES.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IOException("interrupted while another process holds the lock of the file beside it", ex);
			}
		}
	}

	private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
		try {
			return channel.tryLock();
		}
		catch (OverlappingFileLockException ex) {
			// Another application of this JVM
			return null;
		}
	}

	private Conversation withSameUser(UnixSocket other) throws IOException {
		Conversation conversation = new Conversation(other);
		if (!conversation.isWithSameUser()) {
			conversation.close();
			throw failure("is served by process %d of another user".formatted(conversation.pid()),
					"Run both as the same user, and set %s to a path in a directory to which nobody else may write."
						.formatted(PROPERTY),
					null);
		}
		return conversation;
	}

	private UnixSocket listen() throws IOException {
		if (Files.exists(this.path, LinkOption.NOFOLLOW_LINKS)) {
			if (!Files.readAttributes(this.path, "isOther", LinkOption.NOFOLLOW_LINKS).containsValue(true)) {
				throw new FileSystemException(this.path.toString(), null, "is not a socket");
			}
			Files.delete(this.path);
		}
		UnixSocket listener = UnixSocket.bind(this.path);
		try {
			Files.setPosixFilePermissions(this.path, ONLY_OWNER);
			listener.listen(BACKLOG);
			return listener;
		}
		catch (IOException ex) {
			listener.close();
			throw ex;
		}
	}

	/**
	 * Deletes the path, unless somebody listens there.
	 */
	void delete() {
		try (FileChannel channel = FileChannel.open(this.lockFile, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
				FileLock lock = acquire(channel)) {
			UnixSocket other = UnixSocket.connect(this.path);
			if (other != null) {
				other.close();
				return;
			}
			Files.deleteIfExists(this.path);
		}
		catch (IOException ex) {
			// Whoever comes next deletes it
			logger.debug(LogMessage.format("Could not delete %s", this.path), ex);
		}
	}

	private HandOverFailedException failure(String reason, String action, @Nullable Throwable cause) {
		return new HandOverFailedException("%s=%s %s.".formatted(PROPERTY, this.path, reason), action, cause);
	}

	@Override
	public String toString() {
		return this.path.toString();
	}

	/**
	 * What was found.
	 *
	 * @param other a conversation with the process that serves the port, or {@code null}
	 * if there is none
	 * @param listener the socket on which this process listens, or {@code null} if
	 * another one does
	 */
	record Meeting(@Nullable Conversation other, @Nullable UnixSocket listener) {

	}

}
