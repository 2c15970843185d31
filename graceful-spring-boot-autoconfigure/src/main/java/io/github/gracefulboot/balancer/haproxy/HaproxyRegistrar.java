package io.github.gracefulboot.balancer.haproxy;

import java.util.List;

import io.github.gracefulboot.shutdown.PropertyRules;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Registers a load balancer for each socket of a HAProxy that is set. Where an
 * application is processed ahead of time, its start decides.
 */
public final class HaproxyRegistrar implements BeanRegistrar {

	private static final String PREFIX = "graceful.balancer.haproxy";

	private static final String SOCKETS = PREFIX + ".sockets";

	private static final String SERVERS = PREFIX + ".servers";

	@Override
	public void register(BeanRegistry registry, Environment environment) {
		Binder binder = Binder.get(environment);
		List<String> addresses = binder.bind(SOCKETS, Bindable.listOf(String.class)).orElse(List.of());
		if (!addresses.isEmpty()) {
			register(registry, environment, addresses,
					binder.bindOrCreate(PREFIX, HaproxyProperties.class).getServers());
		}
	}

	private static void register(BeanRegistry registry, Environment environment, List<String> addresses,
			List<String> servers) {
		servers.forEach((server) -> PropertyRules.require(server.matches("[^/\\s]+/[^/\\s]+"), SERVERS, server,
				"Set the name of a backend and of a server in it, such as orders/orders-1."));
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
