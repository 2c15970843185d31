package io.github.gracefulboot.balancer.haproxy;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings for HAProxy.
 */
@ConfigurationProperties("graceful.balancer.haproxy")
public class HaproxyProperties {

	/**
	 * Where the runtime API of each HAProxy is: the path of a Unix socket, such as
	 * /run/haproxy/admin.sock, or the host and port of a TCP socket. Each needs "level
	 * admin".
	 */
	private List<String> sockets = new ArrayList<>();

	/**
	 * What this instance is called in HAProxy, as backend/server. Unless it is set, each
	 * server with an address of this machine and the port of the application.
	 */
	private List<String> servers = new ArrayList<>();

	public List<String> getSockets() {
		return this.sockets;
	}

	public void setSockets(List<String> sockets) {
		this.sockets = sockets;
	}

	public List<String> getServers() {
		return this.servers;
	}

	public void setServers(List<String> servers) {
		this.servers = servers;
	}

}
