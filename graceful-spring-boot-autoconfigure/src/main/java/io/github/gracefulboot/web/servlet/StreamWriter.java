package io.github.gracefulboot.web.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * The writer of a response that does not end by itself.
 */
final class StreamWriter extends Writer {

	private final ServletStream stream;

	private final PrintWriter container;

	StreamWriter(ServletStream stream, PrintWriter container) {
		this.stream = stream;
		this.container = container;
	}

	@Override
	public void write(char[] text, int offset, int length) throws IOException {
		this.stream.write(() -> this.container.write(text, offset, length), (boundary) -> {
			for (int i = offset; i < offset + length; i++) {
				boundary.accept(text[i]);
			}
		});
	}

	@Override
	public void flush() throws IOException {
		this.stream.flush(this::flushContainer);
	}

	@Override
	public void close() throws IOException {
		this.stream.close(this.container::close);
	}

	private void flushContainer() throws IOException {
		this.container.flush();
		if (this.container.checkError()) {
			throw new IOException("The client has disconnected");
		}
	}

}
