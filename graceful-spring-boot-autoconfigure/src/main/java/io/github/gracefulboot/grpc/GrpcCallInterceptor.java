package io.github.gracefulboot.grpc;

import io.github.gracefulboot.traffic.Traffic;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/**
 * Keeps account of each call from the moment it reaches the application until it is over.
 */
final class GrpcCallInterceptor implements ServerInterceptor {

	private final GrpcCalls calls;

	private final GrpcConnections connections;

	private final Traffic traffic;

	GrpcCallInterceptor(GrpcCalls calls, GrpcConnections connections, Traffic traffic) {
		this.calls = calls;
		this.connections = connections;
		this.traffic = traffic;
	}

	@Override
	public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
			ServerCallHandler<Q, R> next) {
		GrpcCall<Q, R> accounted = this.calls.begin(call);
		if (!accounted.isHealth()) {
			this.traffic.requestCame();
			this.connections.called(call.getAttributes());
		}
		try {
			return accounted.observe(next.startCall(accounted, headers));
		}
		catch (RuntimeException ex) {
			accounted.over();
			throw ex;
		}
	}

}
