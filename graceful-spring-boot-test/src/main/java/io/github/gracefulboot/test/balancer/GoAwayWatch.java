package io.github.gracefulboot.test.balancer;

/**
 * Finds the first GOAWAY in what an instance sends on one connection, whether HTTP/2
 * begins at once or after a response of HTTP/1.1 that says so.
 */
final class GoAwayWatch {

	private static final int HEADER = 9;

	private static final int TYPE = 3;

	private static final int GOAWAY = 7;

	/**
	 * Less than what the servers send to say that any stream is served.
	 */
	private static final int MANY_STREAMS = 1_000_000;

	private final Runnable found;

	private final StringBuilder http1 = new StringBuilder();

	private final int[] header = new int[HEADER];

	private boolean http2;

	private boolean done;

	private int position;

	private int lastStream;

	GoAwayWatch(Runnable found) {
		this.found = found;
	}

	void passing(byte[] bytes, int length) {
		for (int i = 0; i < length && !this.done; i++) {
			if (this.http2 || (this.http1.isEmpty() && bytes[i] == 0)) {
				this.http2 = true;
				frame(bytes[i] & 0xff);
			}
			else {
				response((char) bytes[i]);
			}
		}
	}

	private void response(char c) {
		this.http1.append(c);
		if (this.http1.indexOf("\r\n\r\n") != -1) {
			this.http2 = this.http1.indexOf("HTTP/1.1 101") == 0;
			this.done = !this.http2;
		}
	}

	private void frame(int b) {
		if (this.position < HEADER) {
			this.header[this.position] = b;
		}
		else if (this.header[TYPE] == GOAWAY && this.position < HEADER + Integer.BYTES) {
			this.lastStream = (this.lastStream << Byte.SIZE) | b;
		}
		this.position++;
		if (this.position >= HEADER && this.position == HEADER + length()) {
			this.position = 0;
			if (this.header[TYPE] == GOAWAY) {
				this.done = true;
				if (this.lastStream > MANY_STREAMS) {
					this.found.run();
				}
			}
		}
	}

	private int length() {
		return (this.header[0] << 16) | (this.header[1] << 8) | this.header[2];
	}

}
