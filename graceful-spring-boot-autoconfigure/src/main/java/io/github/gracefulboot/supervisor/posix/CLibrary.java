package io.github.gracefulboot.supervisor.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;

/**
 * Functions of the C library, called through JNA. Sizes are of C's type {@code size_t},
 * which is as large as {@code long} on Linux.
 */
public interface CLibrary extends Library {

	/**
	 * The error of a call that was interrupted by a signal and has to be repeated.
	 */
	int EINTR = 4;

	/**
	 * The error of a read from a socket whose other end was closed with unread data.
	 */
	int ECONNRESET = 104;

	/**
	 * Loads the library.
	 * @return the library
	 * @throws LinkageError if JNA is missing or cannot load native code
	 */
	static CLibrary load() {
		return Native.load("c", CLibrary.class);
	}

	NativeLong read(int descriptor, byte[] buffer, NativeLong length) throws LastErrorException;

	NativeLong write(int descriptor, byte[] bytes, NativeLong length) throws LastErrorException;

	int close(int descriptor) throws LastErrorException;

	int pipe(int[] descriptors) throws LastErrorException;

	int poll(Pointer descriptors, NativeLong count, int timeoutMillis) throws LastErrorException;

	int socket(int family, int type, int protocol) throws LastErrorException;

	NativeLong sendto(int socket, byte[] bytes, NativeLong length, int flags, Pointer address, int addressLength)
			throws LastErrorException;

}
