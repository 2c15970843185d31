package io.github.gracefulboot.benchmarks.app;

import java.util.Map;

import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.jetty.reactive.JettyReactiveWebServerFactory;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.tomcat.reactive.TomcatReactiveWebServerFactory;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A web server, and what the application on it is written with.
 */
public enum Server {

	TOMCAT("Tomcat", WebApplicationType.SERVLET, TomcatServlet.class),

	JETTY("Jetty", WebApplicationType.SERVLET, JettyServlet.class),

	NETTY("Reactor Netty", WebApplicationType.REACTIVE, Netty.class),

	TOMCAT_WEBFLUX("Tomcat, WebFlux", WebApplicationType.REACTIVE, TomcatReactive.class),

	JETTY_WEBFLUX("Jetty, WebFlux", WebApplicationType.REACTIVE, JettyReactive.class);

	private static final int ACCEPT_QUEUE = 4096;

	/**
	 * Nothing ends by itself while it is counted or measured.
	 */
	private static final Map<String, Object> PROPERTIES = Map.ofEntries(Map.entry("server.port", "0"),
			Map.entry("server.address", "127.0.0.1"), Map.entry("server.tomcat.max-connections", "25000"),
			Map.entry("server.tomcat.accept-count", String.valueOf(ACCEPT_QUEUE)),
			Map.entry("server.tomcat.connection-timeout", "10m"), Map.entry("server.tomcat.keep-alive-timeout", "10m"),
			Map.entry("server.tomcat.max-keep-alive-requests", "-1"),
			Map.entry("server.jetty.connection-idle-timeout", "10m"),
			Map.entry("spring.mvc.async.request-timeout", "10m"), Map.entry("spring.main.banner-mode", "off"),
			Map.entry("management.endpoint.health.probes.enabled", "true"));

	private final String title;

	private final WebApplicationType type;

	private final Class<?> configuration;

	Server(String title, WebApplicationType type, Class<?> configuration) {
		this.title = title;
		this.type = type;
		this.configuration = configuration;
	}

	public SpringApplication application() {
		SpringApplication application = new SpringApplication(ServerApplication.class, this.configuration);
		application.setWebApplicationType(this.type);
		application.setDefaultProperties(PROPERTIES);
		return application;
	}

	/**
	 * Jetty's default is 50, for which there is no property.
	 */
	private static void lengthenQueue(org.eclipse.jetty.server.Server server) {
		for (Connector connector : server.getConnectors()) {
			if (connector instanceof ServerConnector listening) {
				listening.setAcceptQueueSize(ACCEPT_QUEUE);
			}
		}
	}

	@Override
	public String toString() {
		return this.title;
	}

	@Configuration(proxyBeanMethods = false)
	static class TomcatServlet {

		@Bean
		TomcatServletWebServerFactory factory() {
			return new TomcatServletWebServerFactory();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class JettyServlet {

		@Bean
		JettyServletWebServerFactory factory() {
			JettyServletWebServerFactory factory = new JettyServletWebServerFactory();
			factory.addServerCustomizers(Server::lengthenQueue);
			return factory;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Netty {

		@Bean
		NettyReactiveWebServerFactory factory() {
			return new NettyReactiveWebServerFactory();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TomcatReactive {

		@Bean
		TomcatReactiveWebServerFactory factory() {
			return new TomcatReactiveWebServerFactory();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class JettyReactive {

		@Bean
		JettyReactiveWebServerFactory factory() {
			JettyReactiveWebServerFactory factory = new JettyReactiveWebServerFactory();
			factory.addServerCustomizers(Server::lengthenQueue);
			return factory;
		}

	}

}
