package io.github.gracefulboot.socket;

import java.io.IOException;

import com.sun.jna.LastErrorException;
import io.github.gracefulboot.posix.CLibrary;
import io.github.gracefulboot.posix.DescriptorWait;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * The processes that have the same listening sockets open. A pipe knows how many they
 * are: each holds its writing end, also if it is killed, and the reading end tells when
 * nobody does any more.
 */
public final class ListenerHolders {

	private static final Log logger = LogFactory.getLog(ListenerHolders.class);

	private final CLibrary c = CLibrary.load();

	private final int readingEnd;

	private final int writingEnd;

	private boolean held = true;

	/**
	 * Unless it can be told: nobody is refused who could be served.
	 */
	private boolean others = true;

	/**
	 * Creates the first holder.
	 */
	public ListenerHolders() {
		int[] pipe = new int[2];
		this.c.pipe2(pipe, CLibrary.O_CLOEXEC);
		this.readingEnd = pipe[0];
		this.writingEnd = pipe[1];
	}

	/**
	 * Creates another holder.
	 * @param readingEnd what the holder before has passed on
	 * @param writingEnd what the holder before has passed on
	 */
	public ListenerHolders(int readingEnd, int writingEnd) {
		this.readingEnd = readingEnd;
		this.writingEnd = writingEnd;
	}

	/**
	 * Returns what to pass on to another holder.
	 * @return the descriptors of both ends
	 */
	public int[] descriptors() {
		return new int[] { this.readingEnd, this.writingEnd };
	}

	/**
	 * Lets go, at the first call.
	 * @return whether others held the sockets at that moment
	 */
	public synchronized boolean leaveToOthers() {
		if (this.held) {
			this.held = false;
			this.c.close(this.writingEnd);
			try (DescriptorWait wait = new DescriptorWait()) {
				this.others = !wait.awaitReadable(this.readingEnd, 0);
			}
			catch (IOException | LastErrorException ex) {
				logger.debug("Could not tell whether others serve the port", ex);
			}
			this.c.close(this.readingEnd);
		}
		return this.others;
	}

}
