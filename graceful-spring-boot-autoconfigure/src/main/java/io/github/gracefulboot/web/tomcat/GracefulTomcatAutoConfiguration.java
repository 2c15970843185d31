package io.github.gracefulboot.web.tomcat;

import io.github.gracefulboot.shutdown.WaitingPolicy;
import io.github.gracefulboot.socket.ListenerSilencer;
import io.github.gracefulboot.socket.Listeners;
import io.github.gracefulboot.traffic.Traffic;
import io.github.gracefulboot.web.GracefulWebAutoConfiguration;
import io.github.gracefulboot.web.WebServerDrain;
import io.github.gracefulboot.web.tomcat.GracefulTomcatAutoConfiguration.ProtocolRuntimeHints;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.Ordered;

/**
 * Auto-configuration for draining Tomcat.
 */
@AutoConfiguration(after = GracefulWebAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass({ Tomcat.class, TomcatWebServerFactory.class })
@ConditionalOnWebApplication
@ConditionalOnBean(name = GracefulWebAutoConfiguration.DRAIN)
@ImportRuntimeHints(ProtocolRuntimeHints.class)
public final class GracefulTomcatAutoConfiguration {

	@Bean
	GracefulTomcatCustomizer gracefulTomcatCustomizer(WebServerDrain drain, Traffic traffic, ListenerSilencer silencer,
			Listeners listeners, WaitingPolicy policy) {
		return new GracefulTomcatCustomizer(drain, traffic, silencer, listeners, policy);
	}

	/**
	 * Registers the protocol, which Tomcat creates by class name.
	 */
	static class ProtocolRuntimeHints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.reflection()
				.registerType(DrainableHttp11NioProtocol.class, MemberCategory.INVOKE_PUBLIC_CONSTRUCTORS);
		}

	}

}
