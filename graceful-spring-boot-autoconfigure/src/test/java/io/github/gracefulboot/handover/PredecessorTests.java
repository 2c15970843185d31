package io.github.gracefulboot.handover;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import io.github.gracefulboot.posix.OpenDescriptors;
import io.github.gracefulboot.posix.Pipe;
import io.github.gracefulboot.posix.SocketPair;
import io.github.gracefulboot.posix.UnixSocketPair;
import io.github.gracefulboot.socket.ListeningSocket;
import io.github.gracefulboot.socket.SharedListener;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Predecessor}, whose end of the conversation a test holds.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(30)
class PredecessorTests {

	private static final long PID = 4711;

	private static final Duration START = Duration.ofSeconds(20);

	private Pipe pipe;

	private UnixSocketPair sockets;

	private OtherProcess other;

	private @Nullable Predecessor predecessor;

	private final List<String> reasons = new CopyOnWriteArrayList<>();

	@BeforeEach
	void connect() throws IOException {
		this.pipe = new Pipe();
		this.sockets = new UnixSocketPair();
		this.other = new OtherProcess(this.sockets.other());
	}

	@AfterEach
	void close() throws IOException {
		if (this.predecessor != null) {
			this.predecessor.leave();
			this.predecessor.path().close();
		}
		this.sockets.closeOther();
		this.pipe.close();
	}

	@Test
	void whenWelcomeThenKnowsWhoItIsAndSaidWhatItWants() throws Exception {
		Predecessor predecessor = welcome();
		assertThat(predecessor.pid()).isEqualTo(PID);
		assertThat(OtherProcess.file(predecessor.path().listener().descriptor()))
			.isEqualTo(OtherProcess.file(this.pipe.descriptor()));
		assertThat(this.other.hear()).isEqualTo("graceful-handover 1 take-over 20000");
	}

	@Test
	void whenItIsToStayThenSaysSo() throws Exception {
		sayWelcome();
		this.predecessor = Predecessor.ask(conversation(), false, START, this.reasons::add);
		assertThat(this.other.hear()).isEqualTo("graceful-handover 1 share 20000");
	}

	@Test
	void whenItRefusesThenTheReasonIsTold() throws Exception {
		this.other.say("refused process 12 is about to take the port over");
		assertThatExceptionOfType(HandOverFailedException.class)
			.isThrownBy(() -> Predecessor.ask(conversation(), true, START, this.reasons::add))
			.withMessage("The process that serves it refuses: process 12 is about to take the port over.")
			.satisfies((failure) -> assertThat(failure.action()).contains("Start this process again"));
		assertThat(this.other.hear()).startsWith("graceful-handover");
		assertThat(this.other.hear()).isNull();
	}

	@Test
	void whenItSpeaksGarbageThenThatIsToldAndNothingStaysOpen() throws Exception {
		String file = OtherProcess.file(this.pipe.descriptor());
		int before = OpenDescriptors.of(file).size();
		this.other.say("welcome everybody here", this.pipe.descriptor());
		assertThatExceptionOfType(HandOverFailedException.class)
			.isThrownBy(() -> Predecessor.ask(conversation(), true, START, this.reasons::add))
			.withMessage("The process that serves it refuses: 'welcome everybody here'.");
		assertThat(OpenDescriptors.of(file)).hasSize(before);
	}

	@Test
	void whenItIsGoneThenThereIsNone() throws Exception {
		this.sockets.closeOther();
		assertThat(Predecessor.ask(conversation(), true, START, this.reasons::add)).isNull();
	}

	@Test
	void whenItEndsInsteadOfAnAnswerThenThereIsNone() throws Exception {
		Conversation conversation = conversation();
		conversation.send("unread");
		this.sockets.closeOther();
		assertThat(Predecessor.ask(conversation, true, START, this.reasons::add)).isNull();
	}

	@Test
	void whenItDoesNotAnswerThenThatIsToldAndTheConversationEnds() throws Exception {
		Conversation conversation = conversation();
		assertThatExceptionOfType(HandOverFailedException.class)
			.isThrownBy(() -> Predecessor.ask(conversation, true, Duration.ofMillis(1), this.reasons::add))
			.withMessageStartingWith("The process that serves it did not answer within ")
			.satisfies((failure) -> assertThat(failure.action()).contains("SIGTERM"));
		assertThat(this.other.hear()).startsWith("graceful-handover");
		assertThat(this.other.hear()).isNull();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenItHasTheListenerThenThatIsTakenOver(boolean kept) throws Exception {
		Predecessor predecessor = welcome();
		InetAddress host = InetAddress.getLoopbackAddress();
		try (ServerSocketChannel socket = ServerSocketChannel.open().bind(new InetSocketAddress(host, 0))) {
			int port = socket.socket().getLocalPort();
			this.other.say("listener 127.0.0.1 %d %s".formatted(port, kept ? "kept" : "own"),
					new ListeningSocket(port).descriptor(host).orElseThrow());
			SharedListener listener = predecessor.listener(host, 0, true);
			assertThat(listener).isNotNull();
			assertThat(listener.address()).isEqualTo(socket.getLocalAddress());
			assertThat(listener.isKept()).isEqualTo(kept);
			listener.close();
		}
		this.other.hear();
		assertThat(this.other.hear()).isEqualTo("listener main 127.0.0.1 0");
	}

	@Test
	void whenItListensOnEveryAddressThenSoDoesTheListener() throws Exception {
		Predecessor predecessor = welcome();
		this.other.say("listener * 8080 own", this.pipe.descriptor());
		SharedListener listener = predecessor.listener(InetAddress.getByName("0.0.0.0"), 8080, true);
		assertThat(listener).isNotNull();
		assertThat(listener.address()).isEqualTo(new InetSocketAddress(8080));
		listener.close();
		this.other.hear();
		assertThat(this.other.hear()).isEqualTo("listener main * 8080");
	}

	@Test
	void whenItListensOnAnotherAddressThenSaysWhatToDo() throws Exception {
		Predecessor predecessor = welcome();
		this.other.say("none 127.0.0.1 8080");
		assertThatExceptionOfType(HandOverFailedException.class)
			.isThrownBy(() -> predecessor.listener(null, 9090, true))
			.withMessage("Process 4711 listens on 127.0.0.1:8080 and this one is configured to listen on *:9090.")
			.satisfies((failure) -> assertThat(failure.action())
				.contains("set server.port and server.address to those of process 4711"));
	}

	@Test
	void whenItHasNoOtherListenerThenOneIsOpened() throws Exception {
		Predecessor predecessor = welcome();
		this.other.say("none * 8080");
		assertThat(predecessor.listener(null, 8081, false)).isNull();
		this.other.hear();
		assertThat(this.other.hear()).isEqualTo("listener other * 8081");
	}

	@ParameterizedTest
	@ValueSource(strings = { "what", "listener * 8080", "none of them is there", "listener * port own" })
	void whenItAnswersGarbageThenThatIsToldAndNothingStaysOpen(String garbage) throws Exception {
		Predecessor predecessor = welcome();
		String file = OtherProcess.file(this.pipe.descriptor());
		int before = OpenDescriptors.of(file).size();
		this.other.say(garbage, this.pipe.descriptor());
		assertThatExceptionOfType(HandOverFailedException.class)
			.isThrownBy(() -> predecessor.listener(null, 8080, true))
			.withMessageStartingWith("Process 4711 cannot hand it over: ")
			.satisfies((failure) -> assertThat(failure.action()).contains("Start this process again"));
		assertThat(OpenDescriptors.of(file)).hasSize(before);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenItEndsBeforeItHandsTheListenerOverThenSaysSoAndThisOneServes(CapturedOutput output) throws Exception {
		Predecessor predecessor = welcome();
		this.other.hear();
		FutureTask<SharedListener> listener = new FutureTask<>(() -> predecessor.listener(null, 8080, true));
		new Thread(listener, "asking").start();
		assertThat(this.other.hear()).isEqualTo("listener main * 8080");
		this.sockets.closeOther();
		assertThat(listener).failsWithin(Duration.ofSeconds(10))
			.withThrowableOfType(ExecutionException.class)
			.withCauseInstanceOf(PredecessorGoneException.class);
		assertThat(predecessor.ready()).isTrue();
		assertThat(output).doesNotContain("does not say whether it leaves");
	}

	@Test
	void whenItLeavesThenThisOneServes() throws Exception {
		Predecessor predecessor = welcome();
		this.other.say("leaving");
		assertThat(predecessor.ready()).isTrue();
		this.other.hear();
		assertThat(this.other.hear()).isEqualTo("ready");
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenItIsGoneThenThisOneServes(CapturedOutput output) throws Exception {
		Predecessor predecessor = welcome();
		this.sockets.closeOther();
		assertThat(predecessor.ready()).isTrue();
		assertThat(output).doesNotContain("does not say whether it leaves");
	}

	@Test
	void whenItWithdrawsThenThisOneDoesNotServe() throws Exception {
		Predecessor predecessor = welcome();
		this.other.say("withdrawn it was not ready within 1 s");
		assertThat(predecessor.ready()).isFalse();
		assertThat(this.reasons).containsExactly("it was not ready within 1 s");
	}

	@Test
	void whenItWithdrewAndIsGoneThenThisOneDoesNotServeEither() throws Exception {
		Predecessor predecessor = welcome();
		this.other.say("withdrawn it was not ready within 1 s");
		this.sockets.closeOther();
		Awaitility.await().until(() -> !this.reasons.isEmpty());
		assertThat(predecessor.ready()).isFalse();
	}

	@Test
	void whenItHasWithdrawnAndIsGoneThenThatIsToldAllTheSame() throws Exception {
		Predecessor predecessor = welcome();
		this.other.say("withdrawn late");
		this.sockets.closeOther();
		Awaitility.await().until(() -> !this.reasons.isEmpty());
		assertThat(this.reasons).containsExactly("late");
	}

	/**
	 * The number of the descriptor is that of the next file that is opened.
	 */
	@Test
	void whenItIsGoneThenNothingIsSaidToWhoHasItsDescriptorNow() throws Exception {
		Predecessor predecessor = welcome();
		int descriptor = this.sockets.one().descriptor();
		String file = OtherProcess.file(descriptor);
		this.sockets.closeOther();
		Awaitility.await().until(() -> OpenDescriptors.of(file).isEmpty());
		List<SocketPair> others = new ArrayList<>();
		try {
			for (int i = 0; i < 8; i++) {
				others.add(new SocketPair());
			}
			assertThat(OtherProcess.file(descriptor)).startsWith("socket:");
			assertThat(predecessor.ready()).isTrue();
			assertThatExceptionOfType(PredecessorGoneException.class)
				.isThrownBy(() -> predecessor.listener(null, 8080, false));
			assertThat(others).allSatisfy((pair) -> {
				assertThat(pair.isRead()).isTrue();
				assertThat(pair.received()).isEmpty();
			});
		}
		finally {
			others.forEach(SocketPair::close);
		}
	}

	@Test
	void whenThisOneLeavesThenTheOtherHearsIt() throws Exception {
		Predecessor predecessor = welcome();
		this.other.hear();
		predecessor.leave();
		assertThat(this.other.hear()).isNull();
	}

	private Predecessor welcome() throws IOException {
		sayWelcome();
		Predecessor predecessor = Predecessor.ask(conversation(), true, START, this.reasons::add);
		assertThat(predecessor).isNotNull();
		this.predecessor = predecessor;
		return predecessor;
	}

	/**
	 * Which waits in the socket until it is asked for.
	 */
	private void sayWelcome() throws IOException {
		int descriptor = this.pipe.descriptor();
		this.other.say("welcome " + PID, descriptor, descriptor, descriptor);
	}

	private Conversation conversation() throws IOException {
		return new Conversation(this.sockets.takeOne());
	}

}
