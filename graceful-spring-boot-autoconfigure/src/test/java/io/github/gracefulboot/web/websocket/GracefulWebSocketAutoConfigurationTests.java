package io.github.gracefulboot.web.websocket;

import io.github.gracefulboot.shutdown.GracefulShutdownAutoConfiguration;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import org.apache.tomcat.websocket.server.WsHttpUpgradeHandler;
import org.junit.jupiter.api.Test;
import reactor.netty.http.server.HttpServer;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link GracefulWebSocketAutoConfiguration} and those of the servers.
 */
class GracefulWebSocketAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(
			GracefulShutdownAutoConfiguration.class, GracefulWebAutoConfiguration.class,
			GracefulWebSocketAutoConfiguration.class, GracefulTomcatWebSocketAutoConfiguration.class,
			GracefulJettyWebSocketAutoConfiguration.class, GracefulNettyWebSocketAutoConfiguration.class);

	private final WebApplicationContextRunner servlet = new WebApplicationContextRunner(
			AnnotationConfigServletWebServerApplicationContext::new)
		.withPropertyValues("server.port=0")
		.withConfiguration(AutoConfigurations.of(TomcatServletWebServerAutoConfiguration.class))
		.withConfiguration(CONFIGURATIONS);

	private final ReactiveWebApplicationContextRunner reactive = new ReactiveWebApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS);

	@Test
	void whenServerHasNoWebSocketsThenThereAreNoSessions() {
		this.servlet.run((context) -> {
			assertThat(context).hasSingleBean(TomcatWebSockets.class)
				.doesNotHaveBean(JettyWebSockets.class)
				.doesNotHaveBean(JettyNativeWebSockets.class)
				.doesNotHaveBean(NettyWebSockets.class);
			assertThat(context.getBean(WebSocketDrain.class).openStreams()).isEmpty();
		});
	}

	@Test
	void whenTomcatsWebSocketsAreAbsentThenTheirSessionsAreNotLookedFor() {
		this.servlet.withClassLoader(new FilteredClassLoader("org.apache.tomcat.websocket", "jakarta.websocket"))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(WebSocketDrain.class)
				.doesNotHaveBean(TomcatWebSockets.class));
	}

	@Test
	void whenApplicationIsReactiveThenSessionsOfTheServersThatAreThereAreFound() {
		this.reactive.run((context) -> assertThat(context).hasSingleBean(NettyWebSockets.class)
			.hasSingleBean(TomcatWebSockets.class)
			.doesNotHaveBean(JettyNativeWebSockets.class));
	}

	@Test
	void whenNettyIsAbsentThenIsNotConfigured() {
		this.reactive.withClassLoader(new FilteredClassLoader(HttpServer.class, WsHttpUpgradeHandler.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(WebSocketDrain.class)
				.doesNotHaveBean(TomcatWebSockets.class)
				.doesNotHaveBean(NettyWebSockets.class));
	}

	@Test
	void whenThereIsNoWebServerThenIsNotConfigured() {
		new ApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(WebSocketDrain.class));
	}

	@Test
	void whenGracefulIsDisabledThenIsNotConfigured() {
		this.servlet.withPropertyValues("graceful.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(WebSocketDrain.class));
	}

}
