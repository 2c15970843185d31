package io.github.gracefulboot.grpc;

import io.github.gracefulboot.shutdown.StreamEnds;
import io.github.gracefulboot.traffic.Traffic;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
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

	private final GrpcCalls calls = new GrpcCalls(this.traffic, new StreamEnds((name) -> false, () -> true));

	private final GrpcCallInterceptor interceptor = new GrpcCallInterceptor(this.calls,
			new GrpcConnections(this.traffic), this.traffic);

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
