package io.github.gracefulboot.sample.grpc;

import java.time.Duration;

import com.google.protobuf.StringValue;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

import org.springframework.stereotype.Service;

/**
 * Takes a {@code google.protobuf.StringValue} with a duration, such as {@code PT0.01S},
 * works for as long and answers with the same and its process id. Its code is not
 * generated, so that the build needs no protoc.
 */
@Service
class WorkService implements BindableService {

	private static final MethodDescriptor<StringValue, StringValue> WORK = MethodDescriptor
		.<StringValue, StringValue>newBuilder()
		.setFullMethodName("sample.Work/Work")
		.setType(MethodType.UNARY)
		.setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
		.setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
		.build();

	@Override
	public ServerServiceDefinition bindService() {
		return ServerServiceDefinition.builder("sample.Work")
			.addMethod(WORK, ServerCalls.asyncUnaryCall(WorkService::work))
			.build();
	}

	private static void work(StringValue request, StreamObserver<StringValue> response) {
		try {
			Thread.sleep(Duration.parse(request.getValue()).toMillis());
			response.onNext(StringValue.of(request.getValue() + " by " + ProcessHandle.current().pid()));
			response.onCompleted();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			response.onError(Status.CANCELLED.withCause(ex).asRuntimeException());
		}
	}

}
