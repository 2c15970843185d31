package io.github.gracefulboot.posix;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DescriptorWait}.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(30)
class DescriptorWaitTests {

	private static final int NO_DESCRIPTOR = -1;

	@Test
	void whenNothingComesThenTheTimeIsUp() throws Exception {
		try (DescriptorWait wait = new DescriptorWait(); SocketPair sockets = new SocketPair()) {
			assertThat(wait.awaitReadable(sockets.descriptor(), 1)).isFalse();
			assertThat(wait.isEnded()).isFalse();
		}
	}

	@Test
	void whenThereIsSomethingToReadThenSaysSoUntilItIsRead() throws Exception {
		try (DescriptorWait wait = new DescriptorWait(); SocketPair sockets = new SocketPair()) {
			sockets.send("x");
			assertThat(wait.awaitReadable(sockets.descriptor(), DescriptorWait.NO_LIMIT)).isTrue();
			assertThat(wait.awaitReadable(sockets.descriptor(), 0)).isTrue();
		}
	}

	@Test
	void whenOtherEndClosesThenThatIsSomethingToRead() throws Exception {
		try (DescriptorWait wait = new DescriptorWait(); SocketPair sockets = new SocketPair()) {
			sockets.closePeer();
			assertThat(wait.awaitReadable(sockets.descriptor(), DescriptorWait.NO_LIMIT)).isTrue();
		}
	}

	@Test
	void whenEndedByAnotherThreadThenStopsWaiting() throws Exception {
		try (DescriptorWait wait = new DescriptorWait(); SocketPair sockets = new SocketPair()) {
			FutureTask<Boolean> waiting = new FutureTask<>(
					() -> wait.awaitReadable(sockets.descriptor(), DescriptorWait.NO_LIMIT));
			new Thread(waiting, "waiting").start();
			assertThat(waiting).isNotDone();
			wait.end();
			assertThat(waiting).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(false);
			assertThat(wait.isEnded()).isTrue();
		}
	}

	@Test
	void whenEndedThenNothingIsWaitedForLaterEither() throws Exception {
		try (DescriptorWait wait = new DescriptorWait(); SocketPair sockets = new SocketPair()) {
			sockets.send("x");
			wait.end();
			wait.end();
			assertThat(wait.awaitReadable(sockets.descriptor(), DescriptorWait.NO_LIMIT)).isFalse();
		}
	}

	@Test
	void whenThereIsNoDescriptorThenWaitsForTheEndOnly() throws Exception {
		try (DescriptorWait wait = new DescriptorWait()) {
			assertThat(wait.awaitReadable(NO_DESCRIPTOR, 1)).isFalse();
			wait.end();
			assertThat(wait.awaitReadable(NO_DESCRIPTOR, DescriptorWait.NO_LIMIT)).isFalse();
		}
	}

	@Test
	void whenClosedThenItsDescriptorsAreGone() throws Exception {
		Set<String> before = OpenDescriptors.of("pipe:");
		DescriptorWait wait = new DescriptorWait();
		Set<String> own = OpenDescriptors.of("pipe:");
		own.removeAll(before);
		wait.close();
		assertThat(own).hasSize(2);
		assertThat(OpenDescriptors.of("pipe:")).doesNotContainAnyElementsOf(own);
	}

}
