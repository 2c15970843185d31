package io.github.gracefulboot.web;

import java.util.Collection;
import java.util.List;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.OpenConnection;

/**
 * A connector of a server whose connections are not known. It is closed as by Spring
 * Boot's graceful shutdown, but when the drain begins: otherwise the drain would wait for
 * the requests that go on coming.
 *
 * @param leave tells clients to leave, if they can be told
 * @param close closes the listener, and leaves requests in flight alone
 */
public record OtherConnector(Runnable leave, Runnable close) implements DrainableServer {

	@Override
	public void tellClientsToLeave() {
		this.leave.run();
	}

	@Override
	public void closeListeners(Deadline deadline) {
		this.close.run();
	}

	@Override
	public Collection<OpenConnection> openConnections() {
		return List.of();
	}

	@Override
	public boolean closeIdleConnections() {
		return true;
	}

}
