package io.github.gracefulboot.systemtests.grpc;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import com.google.protobuf.StringValue;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;

/**
 * A client of the sample with a gRPC server, or of several of them in turn. It has no
 * retry policy: what gRPC repeats by itself is only what no server has begun.
 */
public final class GrpcClient implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final MethodDescriptor<StringValue, StringValue> WORK = MethodDescriptor
		.<StringValue, StringValue>newBuilder()
		.setFullMethodName("sample.Work/Work")
		.setType(MethodType.UNARY)
		.setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
		.setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
		.build();

	private final ManagedChannel channel;

	private GrpcClient(ManagedChannelBuilder<?> builder) {
		this.channel = builder.usePlaintext().build();
	}

	public static GrpcClient of(int port) {
		return new GrpcClient(NettyChannelBuilder.forAddress("127.0.0.1", port));
	}

	/**
	 * Calls several instances in turn.
	 * @param ports where they listen
	 * @param checkHealth whether it watches their health, which a client does only if it
	 * is told to
	 */
	public static GrpcClient roundRobin(List<Integer> ports, boolean checkHealth) {
		NettyChannelBuilder builder = NettyChannelBuilder.forTarget(FixedAddresses.target(ports))
			.defaultLoadBalancingPolicy("round_robin");
		if (checkHealth) {
			builder.defaultServiceConfig(Map.of("healthCheckConfig", Map.of("serviceName", "")));
		}
		return new GrpcClient(builder);
	}

	/**
	 * Makes the sample work, and returns what it answered.
	 */
	public String work(Duration duration) {
		StringValue request = StringValue.of(duration.toString());
		return ClientCalls
			.blockingUnaryCall(this.channel, WORK,
					CallOptions.DEFAULT.withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS), request)
			.getValue();
	}

	/**
	 * Tries at once to connect to instances that refused before.
	 */
	public void connectNow() {
		this.channel.resetConnectBackoff();
	}

	/**
	 * Returns whether the sample says that it serves.
	 */
	public boolean isServing() {
		try {
			return HealthGrpc.newBlockingStub(this.channel)
				.withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
				.check(HealthCheckRequest.getDefaultInstance())
				.getStatus() == ServingStatus.SERVING;
		}
		catch (StatusRuntimeException ex) {
			return false;
		}
	}

	@Override
	public void close() {
		this.channel.shutdownNow();
	}

}
