package io.github.gracefulboot.test.load;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;

import io.github.gracefulboot.test.http.HttpMessage;

/**
 * Requests that are alike but for their content.
 *
 * @param method such as {@code POST}
 * @param path where to, with a query if it has one
 * @param headers fields beside those of the connection and the content
 * @param body gives the content by the number of the request
 */
public record RequestKind(String method, String path, Map<String, String> headers, LongFunction<byte[]> body) {

	private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

	private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

	/**
	 * A request that has no content.
	 * @param method such as {@code GET}
	 * @param path where to
	 * @return such requests
	 */
	public static RequestKind withoutBody(String method, String path) {
		return new RequestKind(method, path, Map.of(), (number) -> new byte[0]);
	}

	/**
	 * Whether it makes no difference if it is executed twice (RFC 9110, 9.2.2).
	 * @return whether a client may repeat it
	 */
	public boolean isIdempotent() {
		return IDEMPOTENT.contains(this.method.toUpperCase(Locale.ROOT));
	}

	/**
	 * Whether it changes nothing (RFC 9110, 9.2.1).
	 * @return whether it only reads
	 */
	public boolean isSafe() {
		return SAFE.contains(this.method.toUpperCase(Locale.ROOT));
	}

	/**
	 * Makes a request.
	 * @param number its number
	 * @param keepAlive whether the connection is to carry more requests
	 * @return the request
	 */
	public HttpMessage request(long number, boolean keepAlive) {
		Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		all.put("User-Agent", "load");
		all.putAll(this.headers);
		if (!keepAlive) {
			all.put("Connection", "close");
		}
		byte[] content = this.body.apply(number);
		return (content.length > 0 || !isIdempotent()) ? HttpMessage.request(this.method, this.path, all, content)
				: HttpMessage.withoutBody(this.method, this.path, all);
	}

	/**
	 * Names the kind, such as {@code POST /orders}.
	 */
	@Override
	public String toString() {
		return this.method + " " + this.path;
	}

}
