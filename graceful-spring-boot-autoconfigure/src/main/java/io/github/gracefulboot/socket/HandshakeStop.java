package io.github.gracefulboot.socket;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import io.github.gracefulboot.posix.CLibrary;

/**
 * Prevents new handshakes with a listening socket without affecting those that have
 * begun.
 * <p>
 * The socket is bound to a network interface that does not exist, so that new connections
 * are refused before the client has sent anything. No privileges are required since Linux
 * 5.7. On older kernels, which may deny that, a classic BPF program is attached instead,
 * which requires no privileges either. It drops each packet that begins a handshake, so
 * that the client repeats it after a second and is refused.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7),
 * SO_BINDTODEVICE</a>
 * @see <a href="https://docs.kernel.org/networking/filter.html">Linux Socket
 * Filtering</a>
 */
final class HandshakeStop {

	private static final int SOL_SOCKET = 1;

	private static final int SO_BINDTOIFINDEX = 62;

	private static final int NO_INTERFACE = Integer.MAX_VALUE;

	private static final int SO_ATTACH_FILTER = 26;

	private static final int TCP_FLAGS_OFFSET = 13;

	private static final int SYN = 0x02;

	private static final int SYN_OR_ACK = 0x12;

	/**
	 * The instructions: code, jump if true, jump if false, operand.
	 */
	private static final int[][] PROGRAM = { //
			{ 0x30, 0, 0, TCP_FLAGS_OFFSET }, // load the byte with the flags
			{ 0x54, 0, 0, SYN_OR_ACK }, // and
			{ 0x15, 0, 1, SYN }, // if it is SYN without ACK
			{ 0x06, 0, 0, 0 }, // drop the packet
			{ 0x06, 0, 0, -1 } // else keep it whole
	};

	private static final int INSTRUCTION_SIZE = 8;

	private final CLibrary c = CLibrary.load();

	/**
	 * Prevents new handshakes permanently.
	 * @param descriptor the file descriptor of a listening TCP socket
	 * @throws LastErrorException if the kernel refuses
	 */
	void apply(int descriptor) {
		try {
			bindToNoInterface(descriptor);
		}
		catch (LastErrorException ex) {
			attachFilter(descriptor);
		}
	}

	void bindToNoInterface(int descriptor) {
		try (Memory index = new Memory(Integer.BYTES)) {
			index.setInt(0, NO_INTERFACE);
			this.c.setsockopt(descriptor, SOL_SOCKET, SO_BINDTOIFINDEX, index, (int) index.size());
		}
	}

	void attachFilter(int descriptor) {
		try (Memory instructions = new Memory((long) PROGRAM.length * INSTRUCTION_SIZE);
				Memory program = new Memory(2L * Native.POINTER_SIZE)) {
			for (int i = 0; i < PROGRAM.length; i++) {
				long offset = (long) i * INSTRUCTION_SIZE;
				instructions.setShort(offset, (short) PROGRAM[i][0]);
				instructions.setByte(offset + 2, (byte) PROGRAM[i][1]);
				instructions.setByte(offset + 3, (byte) PROGRAM[i][2]);
				instructions.setInt(offset + 4, PROGRAM[i][3]);
			}
			program.clear();
			program.setShort(0, (short) PROGRAM.length);
			program.setPointer(Native.POINTER_SIZE, instructions);
			this.c.setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, program, (int) program.size());
		}
	}

}
