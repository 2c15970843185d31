package io.github.gracefulboot.balancer;

import java.util.List;
import java.util.function.Supplier;

import io.github.gracefulboot.LoadBalancer;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import io.github.gracefulboot.traffic.Readiness;
import io.github.gracefulboot.traffic.Traffic;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.util.function.SingletonSupplier;

/**
 * The load balancers that can be told. They hear of readiness, from the first time on
 * that the application was ready: what never was has nothing to take back.
 */
final class LoadBalancers implements Readiness.Listener, DisposableBean {

	private final Supplier<List<BalancerLink>> links;

	private boolean wasReady;

	/**
	 * Creates what tells them.
	 * @param balancers finds the load balancers, once the application is ready
	 * @param traffic knows from then on what they answer
	 */
	LoadBalancers(Supplier<List<Named<LoadBalancer>>> balancers, Traffic traffic) {
		this.links = SingletonSupplier.of(() -> {
			List<BalancerLink> links = balancers.get()
				.stream()
				.map((balancer) -> new BalancerLink(balancer, traffic::changed))
				.toList();
			links.forEach(traffic::addBalancer);
			return links;
		});
	}

	@Override
	public synchronized void readinessChanged(boolean accepting) {
		this.wasReady |= accepting;
		if (this.wasReady) {
			this.links.get().forEach(accepting ? BalancerLink::tellReady : BalancerLink::tellDrain);
		}
	}

	@Override
	public synchronized void destroy() {
		if (this.wasReady) {
			this.links.get().forEach(BalancerLink::close);
		}
	}

}
