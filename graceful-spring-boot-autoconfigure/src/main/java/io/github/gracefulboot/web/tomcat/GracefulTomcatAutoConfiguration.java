package io.github.gracefulboot.web.tomcat;

import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import io.github.gracefulboot.web.WebServerDrain;
import io.github.gracefulboot.web.listener.ListenerSilencer;
import org.apache.catalina.startup.Tomcat;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the drain of Tomcat.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class)
@ConditionalOnClass({ Tomcat.class, TomcatWebServerFactory.class })
@ConditionalOnBean(WebServerDrain.class)
public final class GracefulTomcatAutoConfiguration {

	@Bean
	GracefulTomcatCustomizer gracefulTomcatCustomizer(WebServerDrain drain, Traffic traffic,
			ListenerSilencer silencer) {
		return new GracefulTomcatCustomizer(drain, traffic, silencer);
	}

}
