package io.github.gracefulboot.shutdown;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.boot.devtools.restart.classloader.RestartClassLoader;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link WaitingPolicy}.
 */
class WaitingPolicyTests {

	private final LameDuckProperties properties = new LameDuckProperties();

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void whenDevtoolsRestartTheApplicationThenNobodyRoutesTrafficToIt() {
		WaitingPolicy policy = policy(new RestartClassLoader());
		assertThat(policy.waits()).isFalse();
		assertThat(policy.clientsMayCome()).isFalse();
		assertThat(policy.drains()).isTrue();
		assertThat(policy.drainsWork()).isFalse();
		this.properties.setEnabled(true);
		assertThat(policy(new RestartClassLoader()).waits()).isTrue();
	}

	@Test
	void whenDevtoolsAreOnlyOnTheClassPathThenTheLoadBalancerIsWaitedFor() {
		assertThat(policy(getClass().getClassLoader()).waits()).isTrue();
		assertThat(policy(getClass().getClassLoader()).drainsWork()).isTrue();
		assertThat(policy(null).waits()).isTrue();
	}

	@Test
	void whenShutdownIsImmediateThenNothingIsWaitedFor() {
		this.environment.setProperty("server.shutdown", "immediate");
		WaitingPolicy policy = policy(null);
		assertThat(policy.waits()).isFalse();
		assertThat(policy.drains()).isFalse();
		assertThat(policy.drainsWork()).isFalse();
		assertThat(policy.ownsProcess()).isTrue();
	}

	private WaitingPolicy policy(@Nullable ClassLoader classLoader) {
		return WaitingPolicy.of(this.properties, Duration.ofSeconds(30), this.environment, classLoader);
	}

}
