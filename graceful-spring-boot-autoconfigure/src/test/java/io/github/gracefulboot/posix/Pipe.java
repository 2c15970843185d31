package io.github.gracefulboot.posix;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * The pipe on which s6 waits for a newline.
 */
public final class Pipe implements AutoCloseable {

	private final int[] descriptors = new int[2];

	private final InputStream input;

	private boolean readable = true;

	private boolean writable = true;

	public Pipe() throws IOException {
		TestLibrary.INSTANCE.pipe(this.descriptors);
		this.input = new FileInputStream("/proc/self/fd/" + this.descriptors[0]);
	}

	/**
	 * Returns the end that the service inherits.
	 * @return the descriptor
	 */
	public int descriptor() {
		return this.descriptors[1];
	}

	/**
	 * Returns what was written since the last call.
	 * @return the text
	 * @throws IOException if the pipe cannot be read
	 */
	public String received() throws IOException {
		byte[] bytes = new byte[this.input.available()];
		int length = (bytes.length > 0) ? this.input.read(bytes) : 0;
		return new String(bytes, 0, length, StandardCharsets.UTF_8);
	}

	/**
	 * Returns whether nobody holds the end any more that the service inherits. Blocks as
	 * long as somebody does and writes nothing.
	 * @return whether this is the end of the file
	 * @throws IOException if the pipe cannot be read
	 */
	public boolean isAtEnd() throws IOException {
		return this.input.read() == -1;
	}

	public void closeDescriptor() {
		if (this.writable) {
			this.writable = false;
			TestLibrary.INSTANCE.close(descriptor());
		}
	}

	public void closeReader() throws IOException {
		if (this.readable) {
			this.readable = false;
			this.input.close();
			TestLibrary.INSTANCE.close(this.descriptors[0]);
		}
	}

	@Override
	public void close() throws IOException {
		closeReader();
		closeDescriptor();
	}

}
