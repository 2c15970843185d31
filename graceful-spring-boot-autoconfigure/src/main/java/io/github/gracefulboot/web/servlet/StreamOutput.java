package io.github.gracefulboot.web.servlet;

import java.io.IOException;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;

/**
 * The output stream of a response that does not end by itself.
 */
final class StreamOutput extends ServletOutputStream {

	private final ServletStream stream;

	private final ServletOutputStream container;

	StreamOutput(ServletStream stream, ServletOutputStream container) {
		this.stream = stream;
		this.container = container;
	}

	@Override
	public void write(int b) throws IOException {
		this.stream.write(() -> this.container.write(b), (boundary) -> boundary.accept(b));
	}

	@Override
	public void write(byte[] bytes, int offset, int length) throws IOException {
		this.stream.write(() -> this.container.write(bytes, offset, length), (boundary) -> {
			for (int i = offset; i < offset + length; i++) {
				boundary.accept(bytes[i]);
			}
		});
	}

	@Override
	public void flush() throws IOException {
		this.stream.flush(this.container::flush);
	}

	@Override
	public void close() throws IOException {
		this.stream.close(this.container::close);
	}

	@Override
	public boolean isReady() {
		return this.container.isReady();
	}

	@Override
	public void setWriteListener(WriteListener listener) {
		this.stream.nonBlocking();
		this.container.setWriteListener(listener);
	}

}
