package io.github.gracefulboot.grpc;

import java.net.InetSocketAddress;

import io.github.gracefulboot.traffic.Client;
import io.github.gracefulboot.traffic.Traffic;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Reports health checks with their results, since a client that polls, such as the
 * kubelet, may be a load balancer. A client that watches is notified and therefore is not
 * a prober.
 */
final class HealthProbeInterceptor implements ServerInterceptor, AopInfrastructureBean {

	private static final Metadata.Key<String> USER_AGENT = Metadata.Key.of("user-agent",
			Metadata.ASCII_STRING_MARSHALLER);

	private final Traffic traffic;

	HealthProbeInterceptor(Traffic traffic) {
		this.traffic = traffic;
	}

	@Override
	public <Q, R> ServerCall.Listener<Q> interceptCall(ServerCall<Q, R> call, Metadata headers,
			ServerCallHandler<Q, R> next) {
		String method = call.getMethodDescriptor().getFullMethodName();
		if (!method.equals(HealthGrpc.getCheckMethod().getFullMethodName())) {
			return next.startCall(call, headers);
		}
		Client client = client(call, headers);
		return next.startCall(new SimpleForwardingServerCall<>(call) {

			private boolean serving;

			@Override
			public void sendMessage(R message) {
				this.serving = message instanceof HealthCheckResponse response
						&& response.getStatus() == ServingStatus.SERVING;
				super.sendMessage(message);
			}

			@Override
			public void close(Status status, Metadata trailers) {
				super.close(status, trailers);
				HealthProbeInterceptor.this.traffic.probeAnswered(client, status.isOk() && this.serving);
			}

		}, headers);
	}

	private static Client client(ServerCall<?, ?> call, Metadata headers) {
		String address = (call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress remote)
				? remote.getHostString() : "unknown";
		return new Client(address, headers.get(USER_AGENT));
	}

}
