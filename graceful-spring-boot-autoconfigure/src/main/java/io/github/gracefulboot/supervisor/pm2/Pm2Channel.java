package io.github.gracefulboot.supervisor.pm2;

import java.io.IOException;

/**
 * The socket between PM2 and this process, which stays open for the life of the process.
 */
interface Pm2Channel {

	/**
	 * Writes all bytes.
	 * @param bytes the bytes
	 * @throws IOException if the other end is closed
	 */
	void write(byte[] bytes) throws IOException;

	/**
	 * Waits for bytes.
	 * @param buffer receives the bytes
	 * @return the number of bytes, zero or less at the end of the channel
	 * @throws IOException if reading fails
	 */
	int read(byte[] buffer) throws IOException;

	/**
	 * Ends the wait for bytes. The socket stays open.
	 * @throws IOException if the wait cannot be ended
	 */
	void wakeUp() throws IOException;

	/**
	 * Releases the resources that waiting for bytes needed. The socket stays open.
	 */
	void endReading();

}
