package io.github.gracefulboot.supervisor.pm2;

import java.io.IOException;

/**
 * The socket between PM2 and this process, open for as long as the process lives.
 */
interface Pm2Channel {

	/**
	 * Writes all bytes.
	 * @param bytes what to write
	 * @throws IOException if the other end is gone
	 */
	void write(byte[] bytes) throws IOException;

	/**
	 * Waits for bytes.
	 * @param buffer where they go
	 * @return how many there are, zero or less at the end
	 * @throws IOException if reading fails
	 */
	int read(byte[] buffer) throws IOException;

	/**
	 * Ends the waiting for bytes. The socket stays open.
	 * @throws IOException if that fails
	 */
	void wakeUp() throws IOException;

	/**
	 * Gives back what waiting for bytes took. The socket stays open.
	 */
	void endReading();

}
