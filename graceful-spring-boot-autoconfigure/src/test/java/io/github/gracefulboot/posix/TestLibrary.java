package io.github.gracefulboot.posix;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;

/**
 * Functions of the C library that only tests need, to be the supervisor at the other end.
 */
interface TestLibrary extends Library {

	TestLibrary INSTANCE = Native.load("c", TestLibrary.class);

	int AF_UNIX = 1;

	int SOCK_STREAM = 1;

	int SOCK_DGRAM = 2;

	int SOCK_SEQPACKET = 5;

	int MSG_PEEK = 0x2;

	int MSG_DONTWAIT = 0x40;

	int EAGAIN = 11;

	int socketpair(int family, int type, int protocol, int[] descriptors) throws LastErrorException;

	int socket(int family, int type, int protocol) throws LastErrorException;

	int bind(int socket, Pointer address, int length) throws LastErrorException;

	int connect(int socket, Pointer address, int length) throws LastErrorException;

	NativeLong send(int socket, byte[] bytes, NativeLong length, int flags) throws LastErrorException;

	NativeLong recv(int socket, byte[] buffer, NativeLong length, int flags) throws LastErrorException;

	int pipe(int[] descriptors) throws LastErrorException;

	int close(int descriptor) throws LastErrorException;

	int setfsuid(int user);

	int getrlimit(int resource, long[] limit) throws LastErrorException;

	int setrlimit(int resource, long[] limit) throws LastErrorException;

}
