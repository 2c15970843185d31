package io.github.gracefulboot.registry;

import java.util.ArrayList;
import java.util.List;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.cloud.client.serviceregistry.Registration;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;

/**
 * Keeps registrations back until the application accepts traffic, ignores them once the
 * shutdown has begun, and prevents that anything is deregistered twice.
 */
final class Registrations implements AopInfrastructureBean {

	private final List<Entry> pending = new ArrayList<>();

	private final List<Entry> registered = new ArrayList<>();

	private final List<Entry> deregistered = new ArrayList<>();

	private boolean ready;

	private boolean closing;

	/**
	 * Registers an instance, now or as soon as the application is ready. If that has been
	 * taken back while the registry was told, it is told once more.
	 * @param registry the registry
	 * @param registration the registration
	 */
	void register(ServiceRegistry<Registration> registry, Registration registration) {
		Entry entry = new Entry(registry, registration);
		synchronized (this) {
			if (this.closing) {
				return;
			}
			this.pending.remove(entry);
			this.registered.remove(entry);
			if (!this.ready) {
				this.pending.add(entry);
				return;
			}
			this.registered.add(entry);
		}
		registry.register(registration);
		if (!isRegistered(entry)) {
			registry.deregister(registration);
		}
	}

	private synchronized boolean isRegistered(Entry entry) {
		return this.registered.contains(entry);
	}

	/**
	 * Deregisters an instance, unless that has been done when the shutdown was announced.
	 * @param registry the registry
	 * @param registration the registration
	 */
	void deregister(ServiceRegistry<Registration> registry, Registration registration) {
		Entry entry = new Entry(registry, registration);
		synchronized (this) {
			this.registered.remove(entry);
			if (this.pending.remove(entry) || this.deregistered.contains(entry)) {
				return;
			}
		}
		registry.deregister(registration);
	}

	/**
	 * Registers the instances that were kept back.
	 */
	void ready() {
		List<Entry> entries;
		synchronized (this) {
			this.ready = true;
			entries = List.copyOf(this.pending);
		}
		entries.forEach((entry) -> register(entry.registry(), entry.registration()));
	}

	/**
	 * Keeps all instances back until the application is ready again.
	 * @return the current registrations, which the caller has to deregister
	 */
	synchronized List<Entry> suspend() {
		List<Entry> entries = List.copyOf(this.registered);
		this.ready = false;
		this.pending.addAll(entries);
		this.registered.clear();
		return entries;
	}

	/**
	 * Ignores further registrations and returns the current ones, which the caller has to
	 * deregister.
	 * @return the current registrations
	 */
	synchronized List<Entry> beginDeregistration() {
		this.closing = true;
		this.deregistered.addAll(this.registered);
		this.registered.clear();
		return List.copyOf(this.deregistered);
	}

	/**
	 * Leaves a registration to Spring Cloud to deregister.
	 * @param entry the entry that could not be deregistered
	 */
	synchronized void deregistrationFailed(Entry entry) {
		this.deregistered.remove(entry);
	}

	/**
	 * A registration with a registry. Registrations are compared by identity, since they
	 * may be proxies.
	 *
	 * @param registry the registry
	 * @param registration the registration
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
