package io.github.gracefulboot.web.websocket;

import java.util.function.Supplier;

import jakarta.servlet.ServletContext;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * The servlet context of a Tomcat server that runs a reactive application, which does not
 * provide one.
 */
final class TomcatServletContext
		implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory>, Supplier<@Nullable ServletContext> {

	private volatile @Nullable ServletContext servletContext;

	@Override
	public void customize(ConfigurableTomcatWebServerFactory factory) {
		factory.addContextCustomizers((context) -> this.servletContext = context.getServletContext());
	}

	@Override
	public @Nullable ServletContext get() {
		return this.servletContext;
	}

}
