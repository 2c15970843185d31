package io.github.gracefulboot.posix;

import java.io.IOException;
import java.util.function.IntSupplier;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

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
	 * Of a descriptor: programs that this process starts do not inherit it.
	 */
	int O_CLOEXEC = 0x80000;

	/**
	 * Loads the library.
	 * @return the library
	 * @throws LinkageError if JNA is missing or cannot load native code
	 */
	static CLibrary load() {
		Thread thread = Thread.currentThread();
		ClassLoader before = thread.getContextClassLoader();
		// JNA's thread inherits it, and a web application is told of threads that keep
		// its class loader
		thread.setContextClassLoader(CLibrary.class.getClassLoader());
		try {
			return Native.load("c", CLibrary.class);
		}
		finally {
			thread.setContextClassLoader(before);
		}
	}

	/**
	 * Makes a call, and repeats it while signals interrupt it.
	 * @param call the call
	 * @return its result
	 * @throws IOException if it fails
	 */
	static int repeat(IntSupplier call) throws IOException {
		while (true) {
			try {
				return call.getAsInt();
			}
			catch (LastErrorException ex) {
				if (ex.getErrorCode() != EINTR) {
					throw new IOException(ex.getMessage(), ex);
				}
			}
		}
	}

	NativeLong read(int descriptor, byte[] buffer, NativeLong length) throws LastErrorException;

	NativeLong write(int descriptor, byte[] bytes, NativeLong length) throws LastErrorException;

	int close(int descriptor) throws LastErrorException;

	int pipe2(int[] descriptors, int flags) throws LastErrorException;

	int dup3(int descriptor, int replaced, int flags) throws LastErrorException;

	int geteuid();

	int poll(Pointer descriptors, NativeLong count, int timeoutMillis) throws LastErrorException;

	int socket(int family, int type, int protocol) throws LastErrorException;

	NativeLong sendto(int socket, byte[] bytes, NativeLong length, int flags, Pointer address, int addressLength)
			throws LastErrorException;

	NativeLong sendmsg(int socket, Pointer message, int flags) throws LastErrorException;

	NativeLong recvmsg(int socket, Pointer message, int flags) throws LastErrorException;

	int bind(int socket, Pointer address, int addressLength) throws LastErrorException;

	int listen(int socket, int backlog) throws LastErrorException;

	int connect(int socket, Pointer address, int addressLength) throws LastErrorException;

	int accept4(int socket, @Nullable Pointer address, @Nullable Pointer addressLength, int flags)
			throws LastErrorException;

	int getsockopt(int socket, int level, int option, Pointer value, int[] length) throws LastErrorException;

	int setsockopt(int socket, int level, int option, Pointer value, int length) throws LastErrorException;

}
