package io.github.gracefulboot.web;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.github.gracefulboot.ActiveTask;
import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.traffic.Printable;
import io.github.gracefulboot.traffic.Traffic;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.core.log.LogMessage;

/**
 * The requests that are in flight, of all servers of the application.
 */
public final class InFlightRequests implements AopInfrastructureBean {

	private static final Log logger = LogFactory.getLog(InFlightRequests.class);

	/**
	 * What is said to clients whose requests are refused, in seconds: by then a load
	 * balancer sends them to another instance.
	 */
	public static final String RETRY_AFTER = "1";

	private final Set<InFlightRequest> requests = ConcurrentHashMap.newKeySet();

	private final Traffic traffic;

	private final AtomicBoolean refused = new AtomicBoolean();

	private volatile @Nullable Deadline servedUntil;

	InFlightRequests(Traffic traffic) {
		this.traffic = traffic;
	}

	/**
	 * Records that a request came, on the current thread.
	 * @param method the HTTP method
	 * @param path the path without the query, which may hold secrets
	 * @return the request, to be given back to {@link #end(InFlightRequest)}
	 */
	public InFlightRequest begin(String method, String path) {
		InFlightRequest request = new InFlightRequest(method, path);
		this.requests.add(request);
		return request;
	}

	/**
	 * Records that a request was answered. Has no effect on one that ended before.
	 * @param request the request
	 */
	public void end(InFlightRequest request) {
		if (this.requests.remove(request)) {
			this.traffic.changed();
		}
	}

	/**
	 * Sets until when requests are served. WebSocket handshakes are refused from now on.
	 * @param deadline when those that come are refused
	 */
	void serveUntil(Deadline deadline) {
		this.servedUntil = deadline;
	}

	/**
	 * Returns whether a request that has just come is refused. It is to be answered 503
	 * without any work, so that its client tries elsewhere.
	 * @param method the HTTP method
	 * @param path the path without the query
	 * @param upgrade gives the value of the header {@code Upgrade}, or {@code null} if
	 * there is none
	 * @return whether the drain is over, or has begun and the request is a WebSocket
	 * handshake
	 */
	public boolean refuses(String method, String path, Supplier<@Nullable String> upgrade) {
		Deadline deadline = this.servedUntil;
		if (deadline == null) {
			return false;
		}
		if (!deadline.hasPassed()) {
			return "websocket".equalsIgnoreCase(upgrade.get());
		}
		if (this.refused.compareAndSet(false, true)) {
			logger.warn(LogMessage.format("The drain is over: requests that still come are answered 503, first %s",
					Printable.request(method, path)));
		}
		return true;
	}

	boolean isEmpty() {
		return this.requests.isEmpty();
	}

	int size() {
		return this.requests.size();
	}

	List<ActiveTask> toTasks() {
		return this.requests.stream().map(InFlightRequest::toTask).toList();
	}

}
