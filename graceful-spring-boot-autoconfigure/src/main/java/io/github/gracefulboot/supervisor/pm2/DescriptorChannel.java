package io.github.gracefulboot.supervisor.pm2;

import java.io.IOException;
import java.util.Arrays;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import io.github.gracefulboot.posix.CLibrary;
import io.github.gracefulboot.posix.DescriptorWait;

/**
 * A channel that is given by its file descriptor. The JDK offers no access to a socket
 * that was inherited under a number other than 0.
 */
final class DescriptorChannel implements Pm2Channel {

	private final CLibrary c = CLibrary.load();

	private final int descriptor;

	private final DescriptorWait wait = new DescriptorWait();

	DescriptorChannel(int descriptor) {
		this.descriptor = descriptor;
	}

	@Override
	public void write(byte[] bytes) throws IOException {
		byte[] rest = bytes;
		while (rest.length > 0) {
			byte[] now = rest;
			int written = CLibrary
				.repeat(() -> this.c.write(this.descriptor, now, new NativeLong(now.length)).intValue());
			rest = Arrays.copyOfRange(rest, written, rest.length);
		}
	}

	@Override
	public int read(byte[] buffer) throws IOException {
		return this.wait.awaitReadable(this.descriptor, DescriptorWait.NO_LIMIT)
				? CLibrary.repeat(() -> readOrEnd(buffer)) : 0;
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
		this.wait.end();
	}

	@Override
	public void endReading() {
		this.wait.close();
	}

}
