package io.github.gracefulboot.web.websocket;

import jakarta.websocket.server.ServerContainer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockServletContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

@Tag("jetty")
class JettyWebSocketsTests {

	private final MockServletContext context = new MockServletContext();

	@Test
	void whenTheContainerIsThatOfAnotherServerThenThereAreNoSessions() {
		this.context.setAttribute(ServerContainer.class.getName(), mock(ServerContainer.class));
		assertThat(new JettyWebSockets(() -> this.context).sessions()).isEmpty();
	}

	@Test
	void whenThereIsNoContainerThenThereAreNoSessions() {
		assertThat(new JettyWebSockets(() -> this.context).sessions()).isEmpty();
	}

}
