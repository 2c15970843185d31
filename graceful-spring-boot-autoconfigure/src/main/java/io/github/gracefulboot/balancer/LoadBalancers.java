package io.github.gracefulboot.balancer;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.github.gracefulboot.Announcer;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.LoadBalancer;
import io.github.gracefulboot.shutdown.OwnBeans.Named;
import io.github.gracefulboot.traffic.Readiness;
import io.github.gracefulboot.traffic.Traffic;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.beans.factory.DisposableBean;

/**
 * The load balancers that can be told. They hear of readiness, from the first time on
 * that the application was ready: what never was has nothing to take back. When a
 * shutdown begins they are told again, for one that was told long before may have
 * restarted since.
 */
final class LoadBalancers implements Readiness.Listener, Announcer, DisposableBean, AopInfrastructureBean {

	private static final Duration JUST_NOW = Duration.ofSeconds(1);

	private final List<BalancerLink> links;

	private final BooleanSupplier portServedOn;

	private boolean wasReady;

	private long lastTold;

	/**
	 * Creates the links to all load balancers.
	 * @param balancers the load balancers
	 * @param traffic knows from then on what they answer
	 * @param portServedOn whether another process serves the port while this one stops,
	 * so that the load balancers go on to send requests
	 */
	LoadBalancers(List<Named<LoadBalancer>> balancers, Traffic traffic, BooleanSupplier portServedOn) {
		this.portServedOn = portServedOn;
		this.links = balancers.stream().map((balancer) -> new BalancerLink(balancer, traffic::changed)).toList();
		this.links.forEach(traffic::addBalancer);
	}

	@Override
	public synchronized void readinessChanged(boolean accepting) {
		this.wasReady |= accepting;
		if (this.wasReady && !this.portServedOn.getAsBoolean()) {
			this.lastTold = System.nanoTime();
			this.links.forEach(accepting ? BalancerLink::tellReady : BalancerLink::tellDrain);
		}
	}

	@Override
	public synchronized void announceStop(Deadline deadline) {
		if (System.nanoTime() - this.lastTold > JUST_NOW.toNanos()) {
			readinessChanged(false);
		}
	}

	@Override
	public void destroy() {
		this.links.forEach(BalancerLink::close);
	}

}
