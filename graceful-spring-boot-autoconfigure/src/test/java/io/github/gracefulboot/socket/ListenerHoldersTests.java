package io.github.gracefulboot.socket;

import java.util.Set;

import io.github.gracefulboot.posix.DescriptorLimit;
import io.github.gracefulboot.posix.OpenDescriptors;
import io.github.gracefulboot.posix.UnixSocket.Message;
import io.github.gracefulboot.posix.UnixSocketPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ListenerHolders}.
 */
@EnabledOnOs(OS.LINUX)
class ListenerHoldersTests {

	@Test
	void whenThereIsOneOnlyThenItLeavesToNobody() {
		ListenerHolders holders = new ListenerHolders();
		assertThat(holders.leaveToOthers()).isFalse();
		assertThat(holders.leaveToOthers()).isFalse();
	}

	@Test
	void whenThereAreTwoThenTheFirstLeavesToTheOtherWhichIsAloneThen() throws Exception {
		ListenerHolders first = new ListenerHolders();
		ListenerHolders second = next(first);
		assertThat(first.leaveToOthers()).isTrue();
		assertThat(second.leaveToOthers()).isFalse();
	}

	@Test
	void whenTheOtherHasLeftSinceThenTheAnswerIsTheSame() throws Exception {
		ListenerHolders first = new ListenerHolders();
		ListenerHolders second = next(first);
		assertThat(second.leaveToOthers()).isTrue();
		assertThat(first.leaveToOthers()).isFalse();
		assertThat(second.leaveToOthers()).isTrue();
	}

	@Test
	void whenTheFirstHasLeftThenOthersCanStillJoin() throws Exception {
		ListenerHolders first = new ListenerHolders();
		ListenerHolders second = next(first);
		first.leaveToOthers();
		ListenerHolders third = next(second);
		assertThat(second.leaveToOthers()).isTrue();
		assertThat(third.leaveToOthers()).isFalse();
	}

	@Test
	void whenLeftThenNothingStaysOpen() throws Exception {
		Set<String> before = OpenDescriptors.of("pipe:");
		ListenerHolders holders = new ListenerHolders();
		Set<String> own = OpenDescriptors.of("pipe:");
		own.removeAll(before);
		assertThat(own).hasSize(2);
		holders.leaveToOthers();
		assertThat(OpenDescriptors.of("pipe:")).doesNotContainAnyElementsOf(own);
	}

	@Test
	void whenNothingMoreCanBeOpenedThenTakesItThatThereAreOthers() throws Exception {
		// Loads the classes
		whenThereAreTwoThenTheFirstLeavesToTheOtherWhichIsAloneThen();
		ListenerHolders holders = new ListenerHolders();
		boolean others;
		try (DescriptorLimit limit = new DescriptorLimit()) {
			others = holders.leaveToOthers();
		}
		assertThat(others).isTrue();
		assertThat(holders.leaveToOthers()).isTrue();
	}

	/**
	 * Makes a holder of what goes to another process.
	 */
	private static ListenerHolders next(ListenerHolders holders) throws Exception {
		try (UnixSocketPair sockets = new UnixSocketPair()) {
			sockets.one().send("welcome", holders.descriptors());
			Message message = sockets.other().receive();
			assertThat(message).isNotNull();
			return new ListenerHolders(message.descriptors()[0], message.descriptors()[1]);
		}
	}

}
