package io.github.gracefulboot.supervisor.pm2;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntSupplier;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;
import io.github.gracefulboot.supervisor.posix.CLibrary;

/**
 * A channel that is given by its file descriptor. The JDK offers no access to a socket
 * that was inherited under a number other than 0.
 */
final class DescriptorChannel implements Pm2Channel {

	private static final int POLLIN = 1;

	private final CLibrary c = CLibrary.load();

	private final int descriptor;

	/**
	 * A pipe that is polled together with the channel, and closed to end the wait.
	 */
	private final int[] alarm = new int[2];

	DescriptorChannel(int descriptor) {
		this.descriptor = descriptor;
		this.c.pipe(this.alarm);
	}

	@Override
	public void write(byte[] bytes) throws IOException {
		byte[] rest = bytes;
		while (rest.length > 0) {
			byte[] now = rest;
			int written = repeat(() -> this.c.write(this.descriptor, now, new NativeLong(now.length)).intValue());
			rest = Arrays.copyOfRange(rest, written, rest.length);
		}
	}

	@Override
	public int read(byte[] buffer) throws IOException {
		return repeat(() -> awaitBytes() ? readOrEnd(buffer) : 0);
	}

	private boolean awaitBytes() {
		try (Memory poll = new Memory(16)) {
			poll.clear();
			poll.setInt(0, this.descriptor);
			poll.setShort(4, (short) POLLIN);
			poll.setInt(8, this.alarm[0]);
			this.c.poll(poll, new NativeLong(2), -1);
			return poll.getShort(14) == 0;
		}
	}

	private int readOrEnd(byte[] buffer) {
		try {
			return this.c.read(this.descriptor, buffer, new NativeLong(buffer.length)).intValue();
		}
		catch (LastErrorException ex) {
			if (ex.getErrorCode() == CLibrary.ECONNRESET) {
				return 0;
			}
			throw ex;
		}
	}

	@Override
	public void wakeUp() {
		this.c.close(this.alarm[1]);
	}

	@Override
	public void endReading() {
		this.c.close(this.alarm[0]);
	}

	private static int repeat(IntSupplier call) throws IOException {
		while (true) {
			try {
				return call.getAsInt();
			}
			catch (LastErrorException ex) {
				if (ex.getErrorCode() != CLibrary.EINTR) {
					throw new IOException(ex.getMessage(), ex);
				}
			}
		}
	}

}
