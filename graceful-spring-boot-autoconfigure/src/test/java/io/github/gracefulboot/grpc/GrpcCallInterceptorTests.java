package io.github.gracefulboot.grpc;

import java.time.Duration;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.shutdown.StreamEnds;
import io.github.gracefulboot.shutdown.StreamEnds.Expectation;
import io.github.gracefulboot.shutdown.StreamEnds.Source;
import io.github.gracefulboot.traffic.Traffic;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link GrpcCallInterceptor}, besides those with a server.
 */
class GrpcCallInterceptorTests {

	private final Traffic traffic = new Traffic(System::nanoTime);

	private final StreamEnds ends = new StreamEnds((name) -> false, () -> true);

	private final GrpcCalls calls = new GrpcCalls(this.traffic, this.ends);

	private final GrpcCallInterceptor interceptor = new GrpcCallInterceptor(this.calls,
			new GrpcConnections(this.traffic), this.traffic);

	@Test
	void whenTheApplicationEndsStreamsWithErrorsThenThatTellsNothingOfOthers() {
		end(10, Status.NOT_FOUND);
		assertThat(expectation()).isEqualTo(Expectation.UNKNOWN);
		end(1, Status.OK);
		assertThat(expectation()).isEqualTo(Expectation.ENDS);
		end(5, null);
		assertThat(expectation()).isEqualTo(Expectation.ENDLESS);
	}

	/**
	 * Lets streams end, by the application or, without a status, by their clients.
	 */
	private void end(int streams, @Nullable Status status) {
		for (int i = 0; i < streams; i++) {
			ServerCall<String, String> call = mock();
			given(call.getMethodDescriptor()).willReturn(TestService.FEED);
			GrpcCall<String, String> begun = this.calls.begin(call);
			if (status != null) {
				begun.close(status, new Metadata());
			}
			begun.over();
		}
	}

	private Expectation expectation() {
		return this.ends.expect("gRPC " + TestService.FEED.getFullMethodName(), Source.UNKNOWN, Duration.ZERO,
				Deadline.after(() -> 0, Duration.ofSeconds(20)));
	}

	@Test
	void whenAnInterceptorFailsWithAnErrorThenTheCallIsNotInFlightForEver() {
		ServerCall<String, String> call = mock();
		given(call.getMethodDescriptor()).willReturn(TestService.FAST);
		given(call.getAttributes()).willReturn(Attributes.EMPTY);
		assertThatExceptionOfType(NoClassDefFoundError.class)
			.isThrownBy(() -> this.interceptor.interceptCall(call, new Metadata(), (tracked, headers) -> {
				assertThat(this.calls.isEmpty()).isFalse();
				throw new NoClassDefFoundError("no class");
			}));
		assertThat(this.calls.isEmpty()).isTrue();
	}

}
