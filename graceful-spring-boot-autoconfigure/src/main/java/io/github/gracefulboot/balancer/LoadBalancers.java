package io.github.gracefulboot.balancer;

import java.util.List;

import io.github.gracefulboot.LoadBalancer;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import io.github.gracefulboot.traffic.Readiness;
import io.github.gracefulboot.traffic.Traffic;

import org.springframework.beans.factory.DisposableBean;

/**
 * The load balancers that can be told. They hear of readiness, from the first time on
 * that the application was ready: what never was has nothing to take back.
 */
final class LoadBalancers implements Readiness.Listener, DisposableBean {

	private final List<BalancerLink> links;

	private boolean wasReady;

	/**
	 * Creates the links to all load balancers.
	 * @param balancers the load balancers
	 * @param traffic knows from then on what they answer
	 */
	LoadBalancers(List<Named<LoadBalancer>> balancers, Traffic traffic) {
		this.links = balancers.stream().map((balancer) -> new BalancerLink(balancer, traffic::changed)).toList();
		this.links.forEach(traffic::addBalancer);
	}

	@Override
	public synchronized void readinessChanged(boolean accepting) {
		this.wasReady |= accepting;
		if (accepting) {
			this.links.forEach(BalancerLink::tellReady);
		}
		else if (this.wasReady) {
			this.links.forEach(BalancerLink::tellDrain);
		}
	}

	@Override
	public void destroy() {
		this.links.forEach(BalancerLink::close);
	}

}
