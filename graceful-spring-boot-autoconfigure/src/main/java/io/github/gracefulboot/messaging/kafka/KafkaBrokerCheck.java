package io.github.gracefulboot.messaging.kafka;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.github.gracefulboot.StartupCheck;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.utils.Utils;

import org.springframework.util.StringUtils;

/**
 * Passes when a broker returns the nodes of the cluster. Connects without Kafka's client
 * first, since the client would keep trying in the background and log each attempt.
 */
final class KafkaBrokerCheck implements StartupCheck {

	private static final Log logger = LogFactory.getLog(KafkaBrokerCheck.class);

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

	private final Map<String, Object> configuration;

	/**
	 * Creates the check.
	 * @param configuration the configuration of Kafka's admin client
	 */
	KafkaBrokerCheck(Map<String, Object> configuration) {
		this.configuration = configuration;
	}

	@Override
	public void check() throws Exception {
		connect();
		Map<String, Object> limited = new HashMap<>(this.configuration);
		int timeout = (int) ANSWER_TIMEOUT.toMillis();
		limited.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout);
		limited.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeout);
		limited.put(AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MS_CONFIG, CONNECT_TIMEOUT.toMillis());
		limited.put(AdminClientConfig.SOCKET_CONNECTION_SETUP_TIMEOUT_MAX_MS_CONFIG, CONNECT_TIMEOUT.toMillis());
		// A broker that refused the connection is left to the next attempt
		limited.put(AdminClientConfig.RECONNECT_BACKOFF_MS_CONFIG, ANSWER_TIMEOUT.toMillis());
		limited.put(AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, ANSWER_TIMEOUT.toMillis());
		Admin admin = Admin.create(limited);
		try {
			admin.describeCluster().nodes().get(timeout, TimeUnit.MILLISECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof AuthorizationException
					|| ex.getCause() instanceof UnsupportedVersionException) {
				logger.debug("A broker answers, though it does not tell this user of the cluster", ex);
				return;
			}
			throw (ex.getCause() instanceof Exception cause) ? cause : ex;
		}
		finally {
			admin.close(Duration.ZERO);
		}
	}

	private void connect() throws IOException {
		IOException failure = new IOException("No address in " + AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
		for (String address : addresses()) {
			String host = Utils.getHost(address);
			Integer port = Utils.getPort(address);
			if (host == null || port == null) {
				throw new IllegalArgumentException(
						"'%s' in %s is not host:port".formatted(address, AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG));
			}
			try (Socket socket = new Socket()) {
				socket.connect(new InetSocketAddress(host, port), (int) CONNECT_TIMEOUT.toMillis());
				return;
			}
			catch (IOException ex) {
				failure = new IOException("%s: %s".formatted(address, ex.getMessage()), ex);
			}
		}
		throw failure;
	}

	private List<String> addresses() {
		Object servers = Objects.requireNonNull(this.configuration.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG));
		return (servers instanceof Collection<?> several) ? several.stream().map(String::valueOf).toList()
				: List.of(StringUtils.tokenizeToStringArray(servers.toString(), ","));
	}

}
