package io.github.gracefulboot.web;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.gracefulboot.shutdown.ActiveTask;
import io.github.gracefulboot.traffic.Traffic;

/**
 * The requests that are in flight, of all servers of the application.
 *
 * @since 0.1.0
 */
public final class InFlightRequests {

	private final Set<InFlightRequest> requests = ConcurrentHashMap.newKeySet();

	private final Traffic traffic;

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

	boolean isEmpty() {
		return this.requests.isEmpty();
	}

	List<ActiveTask> toTasks() {
		return this.requests.stream().map(InFlightRequest::toTask).toList();
	}

}
