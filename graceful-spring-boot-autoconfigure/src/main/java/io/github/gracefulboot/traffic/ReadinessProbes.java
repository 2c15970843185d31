package io.github.gracefulboot.traffic;

/**
 * Tells readiness probes from other requests by their path.
 */
public interface ReadinessProbes {

	/**
	 * Classifies a request.
	 * @param path the path below the context path, such as
	 * {@code /actuator/health/readiness}
	 * @param managementPort whether the request came to a management port of its own
	 * @return what the request is
	 */
	Kind classify(String path, boolean managementPort);

	/**
	 * What a request is to the stop.
	 */
	enum Kind {

		/**
		 * A request for readiness: its client may be a load balancer.
		 */
		READINESS,

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
