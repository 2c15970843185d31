package io.github.gracefulboot.handover;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.gracefulboot.posix.DescriptorLimit;
import io.github.gracefulboot.posix.LateClient;
import io.github.gracefulboot.posix.OpenDescriptors;
import io.github.gracefulboot.posix.Pipe;
import io.github.gracefulboot.posix.UnixSocket;
import io.github.gracefulboot.socket.ListenerHolders;
import io.github.gracefulboot.socket.ListeningSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HandOverServer}, at a real path.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class HandOverServerTests {

	private static final String TAKE_OVER = "graceful-handover 1 take-over 60000";

	private static final String SHARE = "graceful-handover 1 share 60000";

	private static final long PID = ProcessHandle.current().pid();

	private static final String WELCOME = "welcome " + PID;

	@TempDir
	private Path directory;

	private Path path;

	private Pipe pipe;

	private SharedPath shared;

	private HandOverServer server;

	private final StubHost host = new StubHost();

	@BeforeEach
	void listen() throws IOException {
		this.path = this.directory.resolve("handover.sock");
		this.pipe = new Pipe();
		serve(Duration.ofSeconds(5));
	}

	private void serve(Duration grace) throws IOException {
		UnixSocket listener = UnixSocket.bind(this.path);
		listener.listen(16);
		this.shared = new SharedPath(listener, new ListenerHolders());
		this.server = new HandOverServer(this.shared, this.host, grace);
	}

	@AfterEach
	void close() throws IOException {
		stop();
		this.pipe.close();
	}

	private void stop() {
		this.server.close();
		this.shared.close();
	}

	@Test
	void whenTheNextIsReadyThenThePortIsHandedOver() throws Exception {
		try (ServerSocketChannel socket = ServerSocketChannel.open()
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)); OtherProcess next = next(TAKE_OVER)) {
			InetSocketAddress address = (InetSocketAddress) socket.getLocalAddress();
			int descriptor = new ListeningSocket(address.getPort()).descriptor(address.getAddress()).orElseThrow();
			this.host.answer = new HandOverServer.Listener(descriptor, address.getAddress(), address.getPort(), false);
			assertThat(next.hear()).isEqualTo(WELCOME);
			List<String> files = new ArrayList<>();
			for (int shared : this.shared.descriptors()) {
				files.add(OtherProcess.file(shared));
			}
			assertThat(next.files()).hasSize(SharedPath.DESCRIPTORS).isEqualTo(files);
			next.say("listener main 127.0.0.1 0");
			assertThat(next.hear()).isEqualTo("listener 127.0.0.1 " + address.getPort() + " own");
			assertThat(next.files()).hasSize(4).last().isEqualTo(OtherProcess.file(descriptor));
			assertThat(this.host.handedOverTo).isNotDone();
			next.say("ready");
			assertThat(next.hear()).isEqualTo("leaving");
			assertThat(this.host.handedOverTo).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(PID);
			assertThat(next.hearsNothing()).isTrue();
			this.server.close();
			assertThat(next.hear()).isNull();
		}
		assertThat(this.host.asked).containsExactly("/127.0.0.1 0 true");
	}

	@Test
	void whenSupervisorKeepsTheListenerThenSaysSo() throws Exception {
		try (OtherProcess next = next(TAKE_OVER)) {
			this.host.answer = new HandOverServer.Listener(this.pipe.descriptor(), null, 8080, true);
			assertThat(next.hear()).isEqualTo(WELCOME);
			next.say("listener main * 8080");
			assertThat(next.hear()).isEqualTo("listener * 8080 kept");
		}
		assertThat(this.host.asked).containsExactly("null 8080 true");
	}

	@Test
	void whenThereIsNoSuchListenerThenSaysWhereTheMainOneIs() throws Exception {
		try (OtherProcess next = next(TAKE_OVER)) {
			this.host.answer = new HandOverServer.Listener(-1, InetAddress.getByName("0.0.0.0"), 8080, false);
			assertThat(next.hear()).isEqualTo(WELCOME);
			next.say("listener other :: 8081");
			assertThat(next.hear()).isEqualTo("none * 8080");
			assertThat(next.files()).hasSize(3);
		}
		assertThat(this.host.asked).singleElement().asString().endsWith(" 8081 false");
	}

	@Test
	void whenOneIsAboutToTakeOverThenAnotherIsRefusedUntilThatHasEnded() throws Exception {
		try (OtherProcess first = next(TAKE_OVER)) {
			assertThat(first.hear()).isEqualTo(WELCOME);
			try (OtherProcess second = next(TAKE_OVER)) {
				assertThat(second.hear()).isEqualTo("refused process %d is about to take the port over", PID);
				assertThat(second.hear()).isNull();
			}
		}
		Awaitility.await().untilAsserted(() -> {
			try (OtherProcess third = next(TAKE_OVER)) {
				assertThat(third.hear()).isEqualTo(WELCOME);
			}
		});
		assertThat(this.host.handedOverTo).isNotDone();
	}

	@Test
	void whenOneIsAboutToTakeOverThenOthersMayShare() throws Exception {
		try (OtherProcess first = next(TAKE_OVER);
				OtherProcess second = next(SHARE);
				OtherProcess third = next(SHARE)) {
			assertThat(first.hear()).isEqualTo(WELCOME);
			assertThat(second.hear()).isEqualTo(WELCOME);
			assertThat(third.hear()).isEqualTo(WELCOME);
		}
	}

	@Test
	void whenThereIsNothingToHandOverYetThenTheNextWaits() throws Exception {
		this.host.usable = false;
		this.host.ready = false;
		try (OtherProcess next = next(TAKE_OVER); OtherProcess sharing = next(SHARE)) {
			looks(3);
			assertThat(sharing.hearsNothing()).isTrue();
			this.host.usable = true;
			assertThat(sharing.hear()).isEqualTo(WELCOME);
			looks(3);
			assertThat(next.hearsNothing()).isTrue();
			this.host.ready = true;
			assertThat(next.hear()).isEqualTo(WELCOME);
		}
	}

	@Test
	void whenTheNextIsGoneBeforeThereIsSomethingToHandOverThenNobodyWaitsForIt() throws Exception {
		this.host.ready = false;
		next(TAKE_OVER).close();
		looks(1);
		Awaitility.await().untilAsserted(() -> assertThat(conversations()).isEmpty());
		this.host.ready = true;
		try (OtherProcess other = next(TAKE_OVER)) {
			assertThat(other.hear()).isEqualTo(WELCOME);
		}
	}

	@Test
	void whenTheNextSharesThenItsReadinessEndsNobody() throws Exception {
		try (OtherProcess next = next(SHARE)) {
			assertThat(next.hear()).isEqualTo(WELCOME);
			next.say("ready");
			assertThat(next.hear()).isNull();
		}
		assertThat(this.host.handedOverTo).isNotDone();
	}

	@ParameterizedTest
	@ValueSource(strings = { "graceful-handover 2 take-over 60000", "graceful-handover 1 take-over",
			"graceful-handover 1 take-over soon", "HELO 1 take-over 60000", "GET / HTTP/1.1" })
	void whenTheNextSpeaksAnotherLanguageThenItIsRefused(String greeting) throws Exception {
		try (OtherProcess next = next(greeting)) {
			assertThat(next.hear()).isEqualTo("refused it speaks another version of the protocol than 1");
			assertThat(next.hear()).isNull();
		}
		try (OtherProcess other = next(TAKE_OVER)) {
			assertThat(other.hear()).isEqualTo(WELCOME);
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "what", "listener main *", "listener main * port", "none * 8080", "listener main no.such. 1" })
	void whenTheNextSpeaksGarbageThenTheConversationEndsAndTheServerGoesOn(String garbage, CapturedOutput output)
			throws Exception {
		try (OtherProcess next = next(TAKE_OVER)) {
			assertThat(next.hear()).isEqualTo(WELCOME);
			next.say(garbage);
			assertThat(next.hear()).isNull();
		}
		Awaitility.await()
			.until(() -> output.getAll()
				.contains("The conversation with process %d about the port broke off: ".formatted(PID)));
		goesOn();
	}

	@Test
	void whenAMessageIsTooLongThenTheConversationEndsAndTheServerGoesOn() throws Exception {
		try (OtherProcess next = next("x".repeat(UnixSocket.LONGEST_MESSAGE + 1))) {
			assertThat(next.hear()).isNull();
		}
		goesOn();
	}

	@Test
	void whenTheNextSendsDescriptorsThenTheyAreClosed() throws Exception {
		try (Pipe unwanted = new Pipe()) {
			String file = OtherProcess.file(unwanted.descriptor());
			int before = OpenDescriptors.of(file).size();
			try (OtherProcess next = OtherProcess.at(this.path)) {
				next.say(TAKE_OVER, unwanted.descriptor());
				assertThat(next.hear()).isEqualTo(WELCOME);
				next.say("listener main * 0", unwanted.descriptor());
				assertThat(next.hear()).isEqualTo("none * 8080");
				assertThat(OpenDescriptors.of(file)).hasSize(before);
			}
		}
	}

	@Test
	void whenTheNextIsNotReadyInTimeThenThePortIsWithdrawn(CapturedOutput output) throws Exception {
		serveWithoutGrace();
		try (OtherProcess next = next("graceful-handover 1 take-over 1")) {
			assertThat(next.hear()).isEqualTo(WELCOME);
			assertThat(next.hear()).startsWith("withdrawn it was not ready within ");
			assertThat(next.hear()).isNull();
		}
		assertThat(output).contains("Process %d did not take the port over, since it was not ready".formatted(PID));
		goesOn();
	}

	@Test
	void whenOneThatSharesIsNotReadyInTimeThenItIsLeftAlone(CapturedOutput output) throws Exception {
		serveWithoutGrace();
		try (OtherProcess next = next("graceful-handover 1 share 1")) {
			assertThat(next.hear()).isEqualTo(WELCOME);
			assertThat(next.hear()).isNull();
		}
		assertThat(output).doesNotContain("did not take the port over");
	}

	/**
	 * With some time left, or whoever comes is not even welcome.
	 */
	private void serveWithoutGrace() throws IOException {
		stop();
		this.path = this.directory.resolve("strict.sock");
		serve(Duration.ofMillis(200));
	}

	@Test
	void whenTheNextEndsBeforeItIsReadyThenThisOneGoesOn(CapturedOutput output) throws Exception {
		try (OtherProcess next = next(TAKE_OVER)) {
			assertThat(next.hear()).isEqualTo(WELCOME);
		}
		Awaitility.await()
			.until(() -> output.getAll()
				.contains("Process %d ended before it was ready to take the port over: this process keeps serving"
					.formatted(PID)));
		goesOn();
	}

	@Test
	void whenSomebodySaysNothingThenNobodyElseHasToWait() throws Exception {
		try (OtherProcess silent = OtherProcess.at(this.path); OtherProcess next = next(TAKE_OVER)) {
			assertThat(next.hear()).isEqualTo(WELCOME);
			assertThat(silent.hearsNothing()).isTrue();
		}
	}

	@Test
	void whenTooManyTalkThenTheNextIsSentAway() throws Exception {
		List<OtherProcess> others = new ArrayList<>();
		try {
			for (int i = 0; i < 32; i++) {
				OtherProcess other = next(SHARE);
				others.add(other);
				assertThat(other.hear()).isEqualTo(WELCOME);
			}
			try (OtherProcess tooMany = OtherProcess.at(this.path)) {
				greetIfPossible(tooMany);
				assertThat(tooMany.hear()).isEqualTo("refused too many processes ask for it at once");
				assertThat(tooMany.hear()).isNull();
			}
		}
		finally {
			others.forEach(OtherProcess::close);
		}
		Awaitility.await().untilAsserted(() -> assertThat(conversations()).isEmpty());
		goesOn();
	}

	@Test
	void whenWhoIsSentAwayIsGoneThenNothingOfItIsLeftAndNobodyHasToWait(CapturedOutput output) throws Exception {
		stop();
		this.path = this.directory.resolve("busy.sock");
		UnixSocket listener = UnixSocket.bind(this.path);
		listener.listen(64);
		List<OtherProcess> others = new ArrayList<>();
		try {
			for (int i = 0; i < 32; i++) {
				others.add(next(SHARE));
			}
			OtherProcess.at(this.path).close();
			this.shared = new SharedPath(listener, new ListenerHolders());
			this.server = new HandOverServer(this.shared, this.host, Duration.ofSeconds(5));
			try (OtherProcess last = next(SHARE)) {
				assertThat(last.hear()).isEqualTo("refused too many processes ask for it at once");
			}
			assertThat(output).doesNotContain("has to wait for an answer");
			for (OtherProcess other : others) {
				assertThat(other.hear()).isEqualTo(WELCOME);
			}
		}
		finally {
			others.forEach(OtherProcess::close);
		}
		Awaitility.await().untilAsserted(() -> assertThat(conversations()).isEmpty());
		goesOn();
	}

	@Test
	void whenEndedThenNobodyIsAcceptedAndWhatWasBegunGoesOn() throws Exception {
		try (OtherProcess next = next(TAKE_OVER)) {
			assertThat(next.hear()).isEqualTo(WELCOME);
			this.server.end();
			this.server.end();
			// What the next one has of it is still open
			assertThat(next.files()).hasSize(3);
			next.say("ready");
			assertThat(next.hear()).isEqualTo("leaving");
			try (OtherProcess late = next(SHARE)) {
				assertThat(late.hearsNothing()).isTrue();
			}
		}
	}

	/**
	 * By then the numbers of the descriptors may be those of other files.
	 */
	@Test
	void whenEndedWhileSomebodyWaitsThenItIsNotWelcomeAnyMore() throws Exception {
		this.host.ready = false;
		try (OtherProcess next = next(TAKE_OVER)) {
			looks(1);
			this.server.end();
			this.host.ready = true;
			assertThat(next.hear()).isNull();
		}
	}

	@Test
	void whenClosedThenNothingIsLeft() throws Exception {
		try (OtherProcess silent = OtherProcess.at(this.path);
				OtherProcess next = next(TAKE_OVER);
				OtherProcess sharing = next(SHARE)) {
			assertThat(next.hear()).isEqualTo(WELCOME);
			assertThat(sharing.hear()).isEqualTo(WELCOME);
			this.server.close();
			assertThat(next.hear()).isNull();
			assertThat(sharing.hear()).isNull();
			assertThat(silent.hear()).isNull();
		}
		Awaitility.await().untilAsserted(() -> assertThat(conversations()).isEmpty());
	}

	@Test
	void whenNothingMoreCanBeOpenedThenWhoComesIsAnsweredLater(CapturedOutput output) throws Exception {
		// Loads the classes
		goesOn();
		LateClient client = new LateClient();
		UnixSocket socket;
		try (DescriptorLimit limit = new DescriptorLimit()) {
			socket = client.connect(this.path);
			Awaitility.await().until(() -> output.getAll().contains("has to wait for an answer: "));
		}
		try (OtherProcess next = new OtherProcess(socket)) {
			next.say(TAKE_OVER);
			assertThat(next.hear()).isEqualTo(WELCOME);
		}
	}

	private OtherProcess next(String greeting) throws IOException {
		OtherProcess next = OtherProcess.at(this.path);
		next.say(greeting);
		return next;
	}

	private static void greetIfPossible(OtherProcess next) {
		try {
			next.say(SHARE);
		}
		catch (IOException ex) {
			// Sent away before
		}
	}

	private void goesOn() throws IOException {
		try (OtherProcess next = next(SHARE)) {
			assertThat(next.hear()).isEqualTo(WELCOME);
		}
		assertThat(this.host.handedOverTo).isNotDone();
	}

	/**
	 * Waits until each kind has been looked for that often since.
	 */
	private void looks(int times) {
		int all = this.host.looksForAll.get();
		Awaitility.await().until(() -> this.host.looksForAll.get() >= all + times);
	}

	private static Set<Thread> conversations() {
		Set<Thread> threads = Thread.getAllStackTraces().keySet();
		threads.removeIf((thread) -> !thread.getName().startsWith("graceful-handover-"));
		return threads;
	}

	/**
	 * Has what a test gives it.
	 */
	private static final class StubHost implements HandOverServer.Host {

		private final List<String> asked = new CopyOnWriteArrayList<>();

		private final CompletableFuture<Long> handedOverTo = new CompletableFuture<>();

		private final AtomicInteger looksForAll = new AtomicInteger();

		private volatile HandOverServer.Listener answer = new HandOverServer.Listener(-1, null, 8080, false);

		private volatile boolean usable = true;

		private volatile boolean ready = true;

		@Override
		public boolean isUsable(boolean all) {
			boolean result = this.usable && (!all || this.ready);
			if (all) {
				this.looksForAll.incrementAndGet();
			}
			return result;
		}

		@Override
		public HandOverServer.Listener listening(@Nullable InetAddress host, int port, boolean main) {
			this.asked.add("%s %d %s".formatted(host, port, main));
			return this.answer;
		}

		@Override
		public void handOver(long pid) {
			this.handedOverTo.complete(pid);
		}

	}

}
