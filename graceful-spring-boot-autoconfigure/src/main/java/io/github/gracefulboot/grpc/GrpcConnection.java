package io.github.gracefulboot.grpc;

import io.github.gracefulboot.traffic.OpenConnection;
import io.github.gracefulboot.traffic.OpenConnection.State;
import io.grpc.Attributes;

/**
 * A connection whose handshake is complete.
 */
final class GrpcConnection {

	static final Attributes.Key<GrpcConnection> KEY = Attributes.Key.create(GrpcConnection.class.getName());

	private final long readyAt = System.nanoTime();

	private volatile boolean called;

	private volatile boolean told;

	void called() {
		this.called = true;
	}

	/**
	 * Marks the client as told to leave.
	 * @return whether it has not been told before
	 */
	boolean tellOnce() {
		if (this.told) {
			return false;
		}
		this.told = true;
		return true;
	}

	boolean isTold() {
		return this.told;
	}

	OpenConnection toOpenConnection() {
		return new OpenConnection(this, this.called ? State.UPGRADED : State.FRESH, this.readyAt);
	}

}
