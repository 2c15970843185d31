package io.github.gracefulboot.posix;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import com.sun.jna.Memory;

/**
 * A socket that is connected later than it is opened, when nothing can be opened any
 * more.
 */
public final class LateClient {

	private final int descriptor = TestLibrary.INSTANCE.socket(TestLibrary.AF_UNIX, TestLibrary.SOCK_SEQPACKET, 0);

	/**
	 * Connects it.
	 * @param path where somebody listens
	 * @return the socket
	 */
	public UnixSocket connect(Path path) {
		byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
		try (Memory address = new Memory(2L + bytes.length)) {
			address.setShort(0, (short) TestLibrary.AF_UNIX);
			address.write(2, bytes, 0, bytes.length);
			TestLibrary.INSTANCE.connect(this.descriptor, address, (int) address.size());
		}
		return new UnixSocket(this.descriptor);
	}

}
