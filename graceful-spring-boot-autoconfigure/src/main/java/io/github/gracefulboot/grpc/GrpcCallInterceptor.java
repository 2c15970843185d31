package io.github.gracefulboot.grpc;

import io.github.gracefulboot.traffic.Peer;
import io.github.gracefulboot.traffic.Traffic;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Tracks each call from its arrival until its end.
 */
final class GrpcCallInterceptor implements ServerInterceptor, AopInfrastructureBean {

	private final GrpcCalls calls;

	private final GrpcConnections connections;

	private final Traffic traffic;

	/**
	 * Balancers of gRPC are clients themselves, or proxies.
	 */
	private static final Peer UNKNOWN = new Peer("", true);

	GrpcCallInterceptor(GrpcCalls calls, GrpcConnections connections, Traffic traffic) {
		this.calls = calls;
		this.connections = connections;
		this.traffic = traffic;
	}

	@Override
	public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
			ServerCallHandler<Q, R> next) {
		GrpcCall<Q, R> tracked = this.calls.begin(call);
		try {
			if (!tracked.isHealth()) {
				this.traffic.requestCame(() -> UNKNOWN);
				this.connections.called(call.getAttributes());
			}
			return tracked.observe(next.startCall(tracked, headers));
		}
		catch (RuntimeException | Error ex) {
			tracked.over();
			throw ex;
		}
	}

}
