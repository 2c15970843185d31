package io.github.gracefulboot.balancer.haproxy;

import java.util.List;

import io.github.gracefulboot.balancer.GracefulBalancerAutoConfiguration;
import io.github.gracefulboot.shutdown.PropertyRules;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.OnPropertyListCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration of a load balancer for each socket of a HAProxy.
 */
@AutoConfiguration(before = GracefulBalancerAutoConfiguration.class)
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnBooleanProperty(name = "graceful.enabled", matchIfMissing = true)
@Conditional(GracefulHaproxyAutoConfiguration.OnSockets.class)
@Import(GracefulHaproxyAutoConfiguration.Registrar.class)
public final class GracefulHaproxyAutoConfiguration {

	private static final String PREFIX = "graceful.balancer.haproxy";

	private static final String SOCKETS = PREFIX + ".sockets";

	private static final String SERVERS = PREFIX + ".servers";

	/**
	 * Whether a socket is set.
	 */
	static final class OnSockets extends OnPropertyListCondition {

		OnSockets() {
			super(SOCKETS, () -> ConditionMessage.forCondition("HAProxy's runtime API"));
		}

	}

	/**
	 * Registers a load balancer for each socket.
	 */
	static final class Registrar implements BeanRegistrar {

		@Override
		public void register(BeanRegistry registry, Environment environment) {
			HaproxyProperties properties = Binder.get(environment).bindOrCreate(PREFIX, HaproxyProperties.class);
			List<String> servers = properties.getServers();
			servers.forEach((server) -> PropertyRules.require(server.matches("[^/\\s]+/[^/\\s]+"), SERVERS, server,
					"Set the name of a backend and of a server in it, such as orders/orders-1."));
			List<String> addresses = properties.getSockets();
			for (int i = 0; i < addresses.size(); i++) {
				HaproxySocket socket = socket(addresses.get(i));
				registry.registerBean("gracefulHaproxy" + i, HaproxyBalancer.class,
						(bean) -> bean.supplier((context) -> new HaproxyBalancer(socket, servers,
								() -> environment.getProperty("local.server.port"))));
			}
		}

		private static HaproxySocket socket(String address) {
			try {
				return new HaproxySocket(address);
			}
			catch (IllegalArgumentException ex) {
				PropertyRules.require(false, SOCKETS, address, String.valueOf(ex.getMessage()));
				throw ex;
			}
		}

	}

}
