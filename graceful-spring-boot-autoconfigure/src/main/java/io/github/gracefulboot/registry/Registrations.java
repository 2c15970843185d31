package io.github.gracefulboot.registry;

import java.util.ArrayList;
import java.util.List;

import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;

/**
 * What is to be registered and what is. Registers nothing before the application accepts
 * traffic, and nothing once it leaves; deregisters nothing twice.
 */
final class Registrations {

	private final List<Entry> held = new ArrayList<>();

	private final List<Entry> registered = new ArrayList<>();

	private final List<Entry> left = new ArrayList<>();

	private boolean ready;

	private boolean leaving;

	/**
	 * Registers, now or when the application is ready.
	 * @param registry where
	 * @param registration what
	 */
	void register(ServiceRegistry<Registration> registry, Registration registration) {
		Entry entry = new Entry(registry, registration);
		synchronized (this) {
			if (this.leaving) {
				return;
			}
			this.held.remove(entry);
			this.registered.remove(entry);
			if (!this.ready) {
				this.held.add(entry);
				return;
			}
			this.registered.add(entry);
		}
		registry.register(registration);
	}

	/**
	 * Deregisters what was not deregistered by the announcement.
	 * @param registry where
	 * @param registration what
	 */
	void deregister(ServiceRegistry<Registration> registry, Registration registration) {
		Entry entry = new Entry(registry, registration);
		synchronized (this) {
			this.registered.remove(entry);
			if (this.held.remove(entry) || this.left.contains(entry)) {
				return;
			}
		}
		registry.deregister(registration);
	}

	/**
	 * Registers what was held back.
	 */
	void ready() {
		List<Entry> entries;
		synchronized (this) {
			this.ready = true;
			entries = List.copyOf(this.held);
		}
		entries.forEach((entry) -> register(entry.registry(), entry.registration()));
	}

	/**
	 * Registers nothing from now on, and leaves what is registered to the caller to
	 * deregister.
	 * @return what is registered
	 */
	synchronized List<Entry> leave() {
		this.leaving = true;
		this.left.addAll(this.registered);
		this.registered.clear();
		return List.copyOf(this.left);
	}

	/**
	 * Leaves something to Spring Cloud to deregister.
	 * @param entry what could not be deregistered
	 */
	synchronized void stay(Entry entry) {
		this.left.remove(entry);
	}

	/**
	 * What is registered, and where. Registrations may be proxies, whose identity stays.
	 *
	 * @param registry where
	 * @param registration what
	 */
	record Entry(ServiceRegistry<Registration> registry, Registration registration) {

		@Override
		public boolean equals(Object other) {
			return other instanceof Entry entry && entry.registry == this.registry
					&& entry.registration == this.registration;
		}

		@Override
		public int hashCode() {
			return System.identityHashCode(this.registration);
		}

	}

}
