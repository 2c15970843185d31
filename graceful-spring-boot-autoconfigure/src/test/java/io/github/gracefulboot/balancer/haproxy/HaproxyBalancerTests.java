package io.github.gracefulboot.balancer.haproxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link HaproxyBalancer}, against what HAProxy 2.6 answers. A system test runs
 * it against a real one.
 */
class HaproxyBalancerTests {

	private final FakeHaproxy haproxy = new FakeHaproxy();

	@AfterEach
	void close() {
		this.haproxy.close();
	}

	@Test
	void whenDrainedThenNewSessionsAreKeptAwayAndThenCookiesToo() throws IOException {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 0)
			.server("orders/b", "127.0.0.1", 8081, 0)
			.server("other/a", "127.0.0.1", 8080, 0)
			.server("remote/a", "192.0.2.1", 8080, 0);
		HaproxyBalancer balancer = balancer("8080");
		balancer.drain();
		assertThat(this.haproxy.heard).containsExactly("show servers state", "set server orders/a state drain",
				"set server other/a state drain");
		this.haproxy.sessions.put("other/a", 2);
		assertThat(balancer.isDrained()).isFalse();
		assertThat(this.haproxy.heard).noneMatch((command) -> command.contains("health"));
		this.haproxy.sessions.put("other/a", 0);
		assertThat(balancer.isDrained()).isFalse();
		assertThat(this.haproxy.heard).endsWith("set server orders/a health down", "set server other/a health down");
		this.haproxy.sessions.put("orders/a", 1);
		assertThat(balancer.isDrained()).isFalse();
		this.haproxy.sessions.put("orders/a", 0);
		this.haproxy.sessions.put("orders/b", 7);
		assertThat(balancer.isDrained()).isTrue();
	}

	@Test
	void whenReadyThenOnlyWhatWasDrainedIsTakenBack() throws IOException {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 8)
			.server("orders/a2", "127.0.0.1", 8080, 0)
			.server("orders/a3", "127.0.0.1", 8080, 1);
		balancer("8080").ready();
		assertThat(this.haproxy.heard).containsExactly("show servers state", "set server orders/a state ready",
				"set server orders/a health up");
	}

	@Test
	void whenInMaintenanceThenIsLeftThere() throws IOException {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 1);
		HaproxyBalancer balancer = balancer("8080");
		balancer.drain();
		balancer.isDrained();
		assertThat(balancer.isDrained()).isTrue();
		balancer.ready();
		assertThat(this.haproxy.adminState("orders/a")).isOne();
	}

	@Test
	void whenServersAreNamedThenAddressesDoNotMatter() throws IOException {
		this.haproxy.server("orders/a", "192.0.2.1", 31000, 0).server("orders/b", "127.0.0.1", 8080, 0);
		new HaproxyBalancer(new HaproxySocket(this.haproxy.path()), List.of("orders/a"), () -> null).drain();
		assertThat(this.haproxy.adminState("orders/a")).isEqualTo(8);
		assertThat(this.haproxy.adminState("orders/b")).isZero();
	}

	@Test
	void whenItHasNoSuchServerThenSaysWhatToSet() {
		this.haproxy.server("orders/a", "192.0.2.1", 8080, 0).server("orders/b", "127.0.0.1", 8081, 0);
		assertThatIOException().isThrownBy(balancer("8080")::drain)
			.withMessage("It has no server with an address of this machine and the port 8080: "
					+ "set graceful.balancer.haproxy.servers");
		assertThatIOException()
			.isThrownBy(
					new HaproxyBalancer(new HaproxySocket(this.haproxy.path()), List.of("orders/c"), () -> null)::drain)
			.withMessage("It has no server called orders/c");
	}

	@Test
	void whenItRefusesThenSaysWhy() {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 0);
		this.haproxy.answer = (command) -> command.startsWith("set") ? "Permission denied\n"
				: "1\n# be_name srv_name srv_addr srv_admin_state srv_port\norders a 127.0.0.1 0 8080\n";
		assertThatIOException().isThrownBy(balancer("8080")::drain)
			.withMessage("Permission denied: its socket needs \"level admin\"");
		this.haproxy.answer = (command) -> "Unknown command\n";
		assertThatIllegalStateException().isThrownBy(balancer("8080")::drain).withMessageContaining("Unknown command");
	}

	@Test
	void whenNobodyIsThereThenFails() {
		HaproxyBalancer balancer = balancer("8080");
		this.haproxy.close();
		assertThatIOException().isThrownBy(balancer::drain);
		assertThatException()
			.isThrownBy(
					new HaproxyBalancer(new HaproxySocket("no-such-host.invalid:9999"), List.of(), () -> "8080")::drain)
			.withMessage("The host is not known");
	}

	@Test
	void whenItDoesNotAnswerThenGivesUp() throws IOException {
		try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			HaproxyBalancer balancer = new HaproxyBalancer(new HaproxySocket("127.0.0.1:" + mute.getLocalPort()),
					List.of(), () -> "8080");
			assertThatException().isThrownBy(balancer::drain).isInstanceOf(SocketTimeoutException.class);
		}
	}

	@Test
	void whenItIsOnThisMachineThenItsProbesComeFromHere() throws IOException {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 0);
		HaproxyBalancer balancer = balancer("8080");
		balancer.drain();
		assertThat(balancer.isAt("127.0.0.1")).isTrue();
		assertThat(balancer.isAt("0:0:0:0:0:0:0:1")).isTrue();
		assertThat(balancer.isAt("192.0.2.1")).isFalse();
		assertThat(balancer.isAt("localhost")).isFalse();
		assertThat(balancer.isAt("")).isFalse();
	}

	private HaproxyBalancer balancer(@Nullable String port) {
		return new HaproxyBalancer(new HaproxySocket(this.haproxy.path()), List.of(), () -> port);
	}

}
