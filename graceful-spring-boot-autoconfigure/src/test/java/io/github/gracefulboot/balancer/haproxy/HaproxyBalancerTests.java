package io.github.gracefulboot.balancer.haproxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
	void whenNoSessionIsLeftThenThoseOfCookiesAreKeptAwayToo() throws Exception {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 0)
			.server("orders/b", "127.0.0.1", 8081, 0)
			.server("other/a", "127.0.0.1", 8080, 0)
			.server("remote/a", "192.0.2.1", 8080, 0);
		this.haproxy.sessions.put("orders/b", 7);
		HaproxyBalancer balancer = balancer("8080");
		balancer.drain();
		assertThat(balancer.isDrained()).isTrue();
		assertThat(this.haproxy.heard).containsExactly("show servers state", "set server orders/a state drain",
				"set server other/a state drain", "show stat 3 4 1", "show stat 3 4 3",
				"set server orders/a health down", "set server other/a health down");
	}

	@Test
	void whenSessionsLastThenThoseOfCookiesAreKeptAwayLater() throws Exception {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 0);
		this.haproxy.sessions.put("orders/a", 1);
		balancer("8080").drain();
		assertThat(this.haproxy.heard).endsWith("show stat 3 4 1", "set server orders/a health down")
			.hasSizeGreaterThan(5);
	}

	@Test
	void whenItDoesNotSayHowManySessionsThenFails() {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 0);
		Function<String, String> usual = this.haproxy.answer;
		this.haproxy.answer = (command) -> command.startsWith("show stat") ? "# pxname,svname,qcur,qmax,scur,smax,\n"
				: usual.apply(command);
		assertThatIllegalStateException().isThrownBy(balancer("8080")::drain)
			.withMessage("It does not say how many sessions orders/a has");
	}

	@Test
	void whenReadyThenOnlyWhatWasDrainedIsTakenBackAndChecksDecideWhereThereAreSome() throws Exception {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 8)
			.server("orders/a2", "127.0.0.1", 8080, 0)
			.server("orders/a3", "127.0.0.1", 8080, 1)
			.checkedServer("orders/a4", "127.0.0.1", 8080, 8);
		balancer("8080").ready();
		assertThat(this.haproxy.heard).containsExactly("show servers state", "set server orders/a health up",
				"set server orders/a state ready", "set server orders/a4 state ready");
	}

	@Test
	void whenACommandIsNotAnsweredThenItIsSaidAgain() throws Exception {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 8);
		Function<String, String> usual = this.haproxy.answer;
		this.haproxy.answer = (command) -> command.contains("health") ? null : usual.apply(command);
		assertThatIOException().isThrownBy(balancer("8080")::ready)
			.withMessage("It closes the connection and does not answer");
		this.haproxy.answer = usual;
		balancer("8080").ready();
		assertThat(this.haproxy.heard).endsWith("set server orders/a health up", "set server orders/a state ready");
	}

	@Test
	void whenItTracksAnotherServerThenItsHealthIsThatOfTheOther() throws Exception {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 0);
		Function<String, String> usual = this.haproxy.answer;
		this.haproxy.answer = (command) -> command.contains("health") ? "cannot change health on a tracking server.\n"
				: usual.apply(command);
		balancer("8080").drain();
		assertThat(this.haproxy.adminState("orders/a")).isEqualTo(8);
	}

	@Test
	void whenInMaintenanceThenIsLeftThere() throws Exception {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 1);
		HaproxyBalancer balancer = balancer("8080");
		balancer.drain();
		balancer.ready();
		assertThat(this.haproxy.adminState("orders/a")).isOne();
	}

	@Test
	void whenServersAreNamedThenAddressesDoNotMatter() throws Exception {
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

	@ParameterizedTest
	@CsvSource({ "192.0.2.255, true", "0.0.0.0, true", "10.9.99.199, true", "::1, true", "2001:db8::a, true",
			"fe80::1%eth0, true", "256.0.0.1, false", "1.2.3.999, false", "1.2.3.04, false", "1.2.3, false",
			"1.2.3.4.5, false", "example.org, false" })
	void whenAnAddressIsNoneThenNobodyIsAskedForIt(String address, boolean literal) {
		assertThat(HaproxyBalancer.isLiteral(address)).isEqualTo(literal);
	}

	@Test
	void whenItIsOnThisMachineThenItsProbesComeFromHere() throws Exception {
		this.haproxy.server("orders/a", "127.0.0.1", 8080, 0);
		HaproxyBalancer balancer = balancer("8080");
		balancer.drain();
		assertThat(balancer.isAt("127.0.0.1")).isTrue();
		assertThat(balancer.isAt("0:0:0:0:0:0:0:1")).isTrue();
		assertThat(balancer.isAt("192.0.2.1")).isFalse();
		assertThat(balancer.isAt("localhost")).isFalse();
		assertThat(balancer.isAt("dead.beef")).isFalse();
		assertThat(balancer.isAt("")).isFalse();
	}

	private HaproxyBalancer balancer(@Nullable String port) {
		return new HaproxyBalancer(new HaproxySocket(this.haproxy.path()), List.of(), () -> port);
	}

}
