package io.github.gracefulboot.posix;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link Descriptor}.
 */
@EnabledOnOs(OS.LINUX)
class DescriptorTests {

	private static final String SOURCE = "NODE_CHANNEL_FD";

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "three", "-1", "3.0", "0x3", "99999999999" })
	void whenTextIsNoNumberOfADescriptorThenSaysSo(String text) {
		assertThatIOException().isThrownBy(() -> Descriptor.parse(SOURCE, text))
			.withMessage("NODE_CHANNEL_FD=%s is not the number of a file descriptor", text);
	}

	@Test
	void whenTextIsANumberThenIsThatDescriptor() throws Exception {
		assertThat(Descriptor.parse(SOURCE, " 3\n")).isEqualTo(new Descriptor(3, SOURCE));
	}

	@Test
	void whenDescriptorIsNotOpenThenSaysWhoMayHaveClosedIt() {
		assertThatIOException().isThrownBy(() -> new Descriptor(123_456, SOURCE).require("socket"))
			.withMessageStartingWith("NODE_CHANNEL_FD=123456 is not open: a wrapper between");
	}

	@Test
	void whenDescriptorIsAnotherKindOfFileThenSaysWhich(@TempDir Path directory) throws IOException {
		Path path = directory.resolve("data");
		try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
			Descriptor descriptor = new Descriptor(OpenDescriptors.numberOf(path), SOURCE);
			assertThatIOException().isThrownBy(() -> descriptor.require("socket"))
				.withMessage("NODE_CHANNEL_FD=%d is %s, not a socket", descriptor.number(), path.toRealPath());
			assertThat(file.length()).isZero();
		}
	}

	@Test
	void whenDescriptorIsOfTheRightKindThenItIsAccepted() throws IOException {
		try (SocketPair sockets = new SocketPair(); Pipe pipe = new Pipe()) {
			Descriptor socket = new Descriptor(sockets.descriptor(), SOURCE);
			Descriptor writer = new Descriptor(pipe.descriptor(), SOURCE);
			assertThatCode(() -> socket.require("socket")).doesNotThrowAnyException();
			assertThatCode(() -> writer.require("pipe")).doesNotThrowAnyException();
			assertThatIOException().isThrownBy(() -> writer.require("socket")).withMessageEndingWith(", not a socket");
			assertThat(socket.file()).isNotEqualTo(writer.file());
		}
	}

}
