package io.github.gracefulboot.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Listeners}.
 */
class ListenersTests {

	private static final int PORT = 8080;

	private final List<String> asked = new ArrayList<>();

	private final List<SharedListener> opened = new ArrayList<>();

	@AfterEach
	void close() throws IOException {
		for (SharedListener listener : this.opened) {
			listener.close();
		}
	}

	@Test
	void whenNobodyHasOneThenTheServerOpensItsOwn() {
		Listeners listeners = new Listeners(List.of(source("one", null), source("other", null)));
		assertThat(listeners.listener(null, PORT, true)).isNull();
		assertThat(listeners.sideDoor()).isNull();
		assertThat(this.asked).containsExactly("one: null 8080 true", "other: null 8080 true");
	}

	@Test
	void whenSomebodyHasOneThenNobodyElseIsAsked() throws Exception {
		InetAddress host = InetAddress.getLoopbackAddress();
		SharedListener first = takenOver();
		Listeners listeners = new Listeners(
				List.of(source("none", null), source("first", first), source("second", takenOver())));
		assertThat(listeners.listener(host, 0, false)).isSameAs(first);
		assertThat(this.asked).containsExactly("none: " + host + " 0 false", "first: " + host + " 0 false");
	}

	@Test
	void whenOpenedThenAllOfThemAre() throws Exception {
		SharedListener main = takenOver();
		SharedListener management = takenOver();
		Listeners listeners = new Listeners(List.of((host, port, isMain) -> isMain ? main : management));
		listeners.listener(null, PORT, true);
		listeners.listener(null, PORT + 1, false);
		assertThat(main.sideDoor()).isNotNull();
		assertThat(management.sideDoor()).isNotNull();
		listeners.open();
		assertThat(main.sideDoor()).isNull();
		assertThat(management.sideDoor()).isNull();
	}

	@Test
	void whenThereAreSeveralThenTheSideDoorIsThatOfTheMainOne() throws Exception {
		SharedListener main = takenOver();
		SharedListener management = takenOver();
		Listeners listeners = new Listeners(List.of((host, port, isMain) -> isMain ? main : management));
		listeners.listener(null, PORT + 1, false);
		assertThat(listeners.sideDoor()).isNull();
		listeners.listener(null, PORT, true);
		listeners.listener(null, PORT + 2, false);
		assertThat(listeners.sideDoor()).isNotNull().isEqualTo(main.sideDoor());
		listeners.open();
		assertThat(listeners.sideDoor()).isNull();
	}

	private ListenerSource source(String name, @Nullable SharedListener listener) {
		return (host, port, main) -> {
			this.asked.add("%s: %s %d %s".formatted(name, host, port, main));
			return listener;
		};
	}

	private SharedListener takenOver() throws IOException {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
		SharedListener listener = SharedListener.takenOver(ServerSocketChannel.open().bind(address), address, false);
		this.opened.add(listener);
		return listener;
	}

}
