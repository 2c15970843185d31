package io.github.gracefulboot.registry;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Registrations}.
 */
class RegistrationsTests {

	private final Registrations registrations = new Registrations();

	private final Registration registration = mock();

	private final SlowRegistry registry = new SlowRegistry();

	@Test
	void whenReadyThenItIsRegistered() {
		this.registrations.ready();
		this.registrations.register(this.registry, this.registration);
		assertThat(this.registry.calls).containsExactly("register");
	}

	@Test
	void whenTheShutdownBeginsWhileTheRegistryIsToldThenItIsToldToForget() {
		this.registrations.ready();
		this.registry.meanwhile = () -> this.registrations.beginDeregistration()
			.forEach((entry) -> entry.registry().deregister(entry.registration()));
		this.registrations.register(this.registry, this.registration);
		assertThat(this.registry.calls).containsExactly("deregister", "register", "deregister");
	}

	@Test
	void whenTrafficIsRefusedWhileTheRegistryIsToldThenItIsToldToForgetUntilReadyAgain() {
		this.registrations.ready();
		this.registry.meanwhile = () -> this.registrations.suspend()
			.forEach((entry) -> entry.registry().deregister(entry.registration()));
		this.registrations.register(this.registry, this.registration);
		assertThat(this.registry.calls).containsExactly("deregister", "register", "deregister");
		this.registry.meanwhile = () -> {
		};
		this.registrations.ready();
		assertThat(this.registry.calls).last().isEqualTo("register");
	}

	/**
	 * Has time for something else while it registers an instance.
	 */
	private static final class SlowRegistry implements ServiceRegistry<Registration> {

		private final List<String> calls = new ArrayList<>();

		private Runnable meanwhile = () -> {
		};

		@Override
		public void register(Registration registration) {
			this.meanwhile.run();
			this.calls.add("register");
		}

		@Override
		public void deregister(Registration registration) {
			this.calls.add("deregister");
		}

		@Override
		public void close() {
			throw new UnsupportedOperationException();
		}

		@Override
		public void setStatus(Registration registration, String status) {
			throw new UnsupportedOperationException();
		}

		@Override
		public <T> T getStatus(Registration registration) {
			throw new UnsupportedOperationException();
		}

	}

}
