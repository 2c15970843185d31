package io.github.gracefulboot.supervisor.pm2;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.posix.Descriptor;
import io.github.gracefulboot.posix.OpenDescriptors;
import io.github.gracefulboot.posix.Pipe;
import io.github.gracefulboot.posix.SocketPair;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link Pm2Supervisor}, at the other end of a real channel.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(OutputCaptureExtension.class)
class Pm2SupervisorTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	private static final String SHUTDOWN = "\"shutdown\"\n";

	private final SocketPair channel = new SocketPair();

	private final List<String> stopRequests = new CopyOnWriteArrayList<>();

	private CompletableFuture<?> listening = CompletableFuture.completedFuture(null);

	@AfterEach
	void whenChannelEndsThenListeningEnds() throws Exception {
		this.channel.closePeer();
		this.listening.get(SOON.toSeconds(), TimeUnit.SECONDS);
		this.channel.close();
	}

	@Test
	void whenReadyThenWritesExactlyTheMessageAndOnlyOnce() throws IOException {
		Pm2Supervisor supervisor = open(false);
		assertThat(this.channel.received()).isEmpty();
		supervisor.readiness(true);
		supervisor.status("Starting");
		supervisor.ready();
		supervisor.reloading();
		supervisor.ready();
		supervisor.readiness(false);
		supervisor.stopping();
		supervisor.extend();
		assertThat(this.channel.received()).isEqualTo("\"ready\"\n");
	}

	@Test
	void whenShutdownComesInOneReadThenAsksForTheStop() throws IOException {
		listen(open(false));
		this.channel.send(SHUTDOWN);
		awaitStopRequests(1);
		assertThat(this.stopRequests).containsExactly("PM2's shutdown message");
	}

	@Test
	void whenShutdownComesByteByByteThenAsksForTheStopOnce() throws IOException {
		listen(open(false));
		for (char character : SHUTDOWN.toCharArray()) {
			assertThat(this.stopRequests).isEmpty();
			this.channel.send(String.valueOf(character));
			soon().until(this.channel::isRead);
		}
		awaitStopRequests(1);
	}

	@Test
	void whenTwoShutdownsComeInOneReadThenHearsBoth() throws IOException {
		Pm2Supervisor supervisor = open(false);
		this.channel.send(SHUTDOWN + SHUTDOWN);
		listen(supervisor);
		awaitStopRequests(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "shutdown\n", "\"ready\"\n", "null\n", "\n\n", "{\"type\":\"shutdown\"}\n",
			"\"shutdown now\"\n", "{\"cmd\":\"NODE_\\n\"}\n", "\u00e4\u20ac\n", "\"shut\ndown\"\n" })
	void whenAnotherMessageComesThenItIsIgnored(String message) throws IOException {
		listen(open(false));
		this.channel.send(message);
		soon().until(this.channel::isRead);
		this.channel.send(SHUTDOWN);
		awaitStopRequests(1);
	}

	@ParameterizedTest
	@CsvSource({ "x, 100000", "' ', 2000" })
	void whenVeryLongLineComesThenItIsIgnored(String padding, int length) throws IOException {
		listen(open(false));
		this.channel.send("\"shutdown\"" + padding.repeat(length) + "and so on\n");
		this.channel.send(SHUTDOWN);
		awaitStopRequests(1);
	}

	@Test
	void whenChannelEndsThenGoesOnAndWarnsThatPm2MayStartAnother(CapturedOutput output) throws Exception {
		listen(open(false));
		this.channel.send("\"shutdown\"");
		this.channel.closePeer();
		this.listening.get(SOON.toSeconds(), TimeUnit.SECONDS);
		assertThat(this.stopRequests).isEmpty();
		assertThat(output.getOut().split("PM2 disconnected;")).hasSize(2);
	}

	@Test
	void whenChannelEndsAndTheUserWantsToExitThenAsksForTheStop(CapturedOutput output) throws Exception {
		listen(open(true));
		this.channel.closePeer();
		this.listening.get(SOON.toSeconds(), TimeUnit.SECONDS);
		assertThat(this.stopRequests).containsExactly("PM2 disconnected (graceful.supervisor.pm2.exit-on-disconnect)");
		assertThat(output).doesNotContain("PM2 disconnected;");
	}

	@Test
	void whenPm2DiesWithoutHavingReadThenTheChannelEndsAllTheSame() throws Exception {
		Pm2Supervisor supervisor = open(true);
		supervisor.ready();
		this.channel.closePeer();
		listen(supervisor);
		this.listening.get(SOON.toSeconds(), TimeUnit.SECONDS);
		assertThat(this.stopRequests).hasSize(1);
	}

	@Test
	void whenOtherEndIsGoneThenReadyFailsAndTheProcessLives() throws IOException {
		Pm2Supervisor supervisor = open(false);
		this.channel.closePeer();
		assertThatIOException().isThrownBy(supervisor::ready).withMessageContaining("Broken pipe");
	}

	@Test
	void whenStoppingThenNoThreadIsLeftInNativeCodeAndTheChannelIsStillOpen() throws Exception {
		Pm2Supervisor supervisor = open(true);
		listen(supervisor);
		supervisor.ready();
		supervisor.stopping();
		this.listening.get(SOON.toSeconds(), TimeUnit.SECONDS);
		assertThat(new Descriptor(this.channel.descriptor(), "").file()).startsWith("socket:");
		this.channel.send(SHUTDOWN);
		assertThat(this.stopRequests).isEmpty();
	}

	@Test
	void whenDisconnectedThenStopsListeningAndAnotherHearsThroughTheOpenChannel(CapturedOutput output)
			throws Exception {
		Set<String> before = OpenDescriptors.of("pipe:");
		Pm2Supervisor first = open(true);
		listen(first);
		first.disconnect();
		this.listening.get(SOON.toSeconds(), TimeUnit.SECONDS);
		assertThat(OpenDescriptors.of("pipe:")).isEqualTo(before);
		assertThat(this.stopRequests).isEmpty();
		Pm2Supervisor second = open(false);
		this.channel.send(SHUTDOWN);
		listen(second);
		awaitStopRequests(1);
		second.disconnect();
		this.listening.get(SOON.toSeconds(), TimeUnit.SECONDS);
		assertThat(output).isEmpty();
	}

	@Test
	void whenDisconnectedBeforeItListensThenDoesNotListen() throws Exception {
		Pm2Supervisor supervisor = open(true);
		supervisor.disconnect();
		listen(supervisor);
		this.listening.get(SOON.toSeconds(), TimeUnit.SECONDS);
		assertThat(this.stopRequests).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "three, is not the number", "'', is not the number", "-1, is not the number", "123456, is not open" })
	void whenThereIsNoSuchDescriptorThenCannotBeOpenedAndNothingIsWritten(String descriptor, String reason)
			throws IOException {
		Pm2Supervisor supervisor = new Pm2Supervisor(descriptor, true);
		assertThatIOException().isThrownBy(supervisor::open)
			.withMessageContaining("NODE_CHANNEL_FD=" + descriptor + " " + reason);
		supervisor.ready();
		supervisor.listen(this.stopRequests::add);
		assertThat(this.stopRequests).isEmpty();
	}

	@Test
	void whenDescriptorIsAFileThenItStaysAsItIs(@TempDir Path directory) throws IOException {
		Path path = Files.writeString(directory.resolve("data"), "precious");
		try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
			Pm2Supervisor supervisor = new Pm2Supervisor(String.valueOf(OpenDescriptors.numberOf(path)), false);
			assertThatIOException().isThrownBy(supervisor::open).withMessageEndingWith("not a socket");
			supervisor.ready();
			assertThat(file.getFilePointer()).isZero();
		}
		assertThat(path).hasContent("precious");
	}

	@Test
	void whenDescriptorIsAPipeThenNothingIsWritten() throws IOException {
		try (Pipe pipe = new Pipe()) {
			Pm2Supervisor supervisor = new Pm2Supervisor(String.valueOf(pipe.descriptor()), false);
			assertThatIOException().isThrownBy(supervisor::open).withMessageEndingWith("not a socket");
			supervisor.ready();
			assertThat(pipe.received()).isEmpty();
		}
	}

	private Pm2Supervisor open(boolean exitOnDisconnect) throws IOException {
		Pm2Supervisor supervisor = new Pm2Supervisor(String.valueOf(this.channel.descriptor()), exitOnDisconnect);
		supervisor.open();
		return supervisor;
	}

	private void listen(Pm2Supervisor supervisor) {
		this.listening = CompletableFuture.runAsync(() -> {
			try {
				supervisor.listen(this.stopRequests::add);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}, (task) -> new Thread(task, "pm2-test").start());
	}

	private static ConditionFactory soon() {
		return Awaitility.await().atMost(SOON).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5));
	}

	private void awaitStopRequests(int count) {
		soon().until(() -> this.stopRequests.size() >= count);
		assertThat(this.stopRequests).hasSize(count);
	}

}
