package io.github.gracefulboot.supervisor.pm2;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntSupplier;

import com.sun.jna.LastErrorException;
import com.sun.jna.NativeLong;
import io.github.gracefulboot.supervisor.posix.CLibrary;

/**
 * A channel by its file descriptor. The JDK offers no way to a socket that was inherited
 * under another number than 0.
 */
final class DescriptorChannel implements Pm2Channel {

	private final CLibrary c = CLibrary.load();

	private final int descriptor;

	DescriptorChannel(int descriptor) {
		this.descriptor = descriptor;
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
		return repeat(() -> readOrEnd(buffer));
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
