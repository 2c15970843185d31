package io.github.gracefulboot.web.tomcat;

import io.github.gracefulboot.web.ServletServerDrainTests;
import org.apache.catalina.connector.Connector;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * Stops a real Tomcat.
 */
class TomcatDrainTests extends ServletServerDrainTests {

	TomcatDrainTests() {
		super(TomcatApplication.class);
	}

	@Override
	protected int additionalPort() {
		return this.context.getBean(Connector.class).getLocalPort();
	}

	@Override
	protected String[] oneThread() {
		return new String[] { "--server.tomcat.threads.max=1", "--server.tomcat.threads.min-spare=1" };
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Application.class)
	static class TomcatApplication {

		@Bean
		@ConditionalOnBooleanProperty("additional")
		Connector additionalConnector() {
			Connector connector = new Connector(DrainableHttp11NioProtocol.class.getName());
			connector.setPort(0);
			return connector;
		}

		@Bean
		WebServerFactoryCustomizer<TomcatWebServerFactory> additionalConnectors(ObjectProvider<Connector> connectors) {
			return (factory) -> connectors.forEach(factory::addAdditionalConnectors);
		}

	}

}
