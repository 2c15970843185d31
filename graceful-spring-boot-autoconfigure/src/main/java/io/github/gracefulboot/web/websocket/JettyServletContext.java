package io.github.gracefulboot.web.websocket;

import java.util.function.Supplier;

import jakarta.servlet.ServletContext;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * The servlet context of a Jetty server that runs a reactive application, which does not
 * provide one.
 */
final class JettyServletContext implements WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory>,
		Supplier<@Nullable ServletContext>, AopInfrastructureBean {

	private volatile @Nullable ServletContext servletContext;

	@Override
	public void customize(ConfigurableJettyWebServerFactory factory) {
		factory.addServerCustomizers((server) -> {
			ServletContextHandler handler = server.getDescendant(ServletContextHandler.class);
			this.servletContext = (handler != null) ? handler.getServletContext() : null;
		});
	}

	@Override
	public @Nullable ServletContext get() {
		return this.servletContext;
	}

}
