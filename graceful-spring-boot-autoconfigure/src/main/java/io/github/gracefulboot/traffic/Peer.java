package io.github.gracefulboot.traffic;

import java.util.List;
import java.util.function.Predicate;

/**
 * Where a request came from.
 *
 * @param address the address, of the proxy or of the client that it stands for
 * @param forwarded whether a proxy has passed it on
 */
public record Peer(String address, boolean forwarded) {

	/**
	 * What proxies add to the requests that they pass on, and is left when the server has
	 * evaluated it.
	 */
	private static final List<String> PROXY_HEADERS = List.of("X-Forwarded-Proto", "X-Forwarded-For", "Forwarded",
			"Via");

	/**
	 * Creates the peer of an HTTP request.
	 * @param address the remote address
	 * @param hasHeader whether the request has a header
	 * @return the peer
	 */
	public static Peer of(String address, Predicate<String> hasHeader) {
		return new Peer(address, PROXY_HEADERS.stream().anyMatch(hasHeader));
	}

}
