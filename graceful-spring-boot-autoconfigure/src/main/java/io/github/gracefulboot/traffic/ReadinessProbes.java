package io.github.gracefulboot.traffic;

/**
 * Tells readiness probes from other requests, by their path and method.
 */
public interface ReadinessProbes {

	/**
	 * The body of the response to a request that is {@link Kind#REFUSED}, in JSON.
	 */
	String REFUSAL = "{\"status\":\"OUT_OF_SERVICE\"}";

	/**
	 * The body of the response to a request that is {@link Kind#ACCEPTED}, in JSON.
	 */
	String ACCEPTANCE = "{\"status\":\"UP\"}";

	/**
	 * Classifies a request.
	 * @param method its method, such as {@code GET}
	 * @param path the path below the context path, such as
	 * {@code /actuator/health/readiness}
	 * @param managementPort whether the request came to a management port of its own
	 * @return what the request is
	 */
	Kind classify(String method, String path, boolean managementPort);

	/**
	 * What a request is to the stop.
	 */
	enum Kind {

		/**
		 * A request for readiness: its client may be a load balancer.
		 */
		READINESS,

		/**
		 * A request for readiness while traffic is refused, whatever the application
		 * says. To be answered 503 in its place.
		 */
		REFUSED,

		/**
		 * A request for readiness while this process stops and another one serves the
		 * port, for which it is asked. To be answered 200 in place of the application.
		 */
		ACCEPTED,

		/**
		 * Another request for the operators' eyes, such as liveness or metrics, which no
		 * balancer routed here.
		 */
		MANAGEMENT,

		/**
		 * Any other request.
		 */
		TRAFFIC

	}

}
