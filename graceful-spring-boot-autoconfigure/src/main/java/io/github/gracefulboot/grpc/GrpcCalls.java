package io.github.gracefulboot.grpc;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.shutdown.StreamEnds;
import io.github.gracefulboot.traffic.Traffic;
import io.grpc.ServerCall;
import io.grpc.Status;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * The calls in flight of all gRPC servers of the application.
 */
final class GrpcCalls implements AopInfrastructureBean {

	private static final Status LEAVING = Status.UNAVAILABLE
		.withDescription("This instance is shutting down: use another one");

	private final Set<GrpcCall<?, ?>> calls = ConcurrentHashMap.newKeySet();

	private final Traffic traffic;

	private final StreamEnds ends;

	GrpcCalls(Traffic traffic, StreamEnds ends) {
		this.traffic = traffic;
		this.ends = ends;
	}

	StreamEnds ends() {
		return this.ends;
	}

	<Q, R> GrpcCall<Q, R> begin(ServerCall<Q, R> call) {
		GrpcCall<Q, R> begun = new GrpcCall<>(call, this);
		this.calls.add(begun);
		return begun;
	}

	void over(GrpcCall<?, ?> call) {
		if (this.calls.remove(call)) {
			if (call.isStream() && !call.hasBeenEnded() && !call.hasFailed()) {
				this.ends.streamEnded(call.method(), call.age(), call.isCompleted());
			}
			this.traffic.changed();
		}
	}

	boolean isEmpty() {
		return this.calls.isEmpty();
	}

	List<ActiveTask> toTasks() {
		return this.calls.stream().map(GrpcCall::toTask).toList();
	}

	/**
	 * Ends calls with {@code UNAVAILABLE}, so that clients use another instance.
	 * @param which selects the calls to end
	 */
	void end(Predicate<GrpcCall<?, ?>> which) {
		this.calls.stream().filter(which).forEach((call) -> {
			if (!call.isHealth()) {
				this.ends.shutdownEnds(call.method());
			}
			call.end(LEAVING);
		});
	}

}
