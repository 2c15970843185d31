package io.github.gracefulboot;

import org.jspecify.annotations.Nullable;

/**
 * Says the last words of a stream of server-sent events that a stop ends. Declare one as
 * a bean, for instance to let clients come back a little later or tell them why:
 *
 * <pre class="code">
 * &#64;Bean
 * StreamFarewell farewell() {
 * 	return (method, path) -&gt; new LastEvent("restart", "back soon", Duration.ofSeconds(2));
 * }</pre>
 *
 * Called for each stream, on a thread of the stop's, and not expected to block. One that
 * throws is warned of once, and streams are ended without it.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface StreamFarewell {

	/**
	 * Returns the last event of a stream.
	 * @param method the HTTP method of the request that the stream answers
	 * @param path the path of that request, without the query
	 * @return the event, or {@code null} to end the stream without one
	 */
	@Nullable LastEvent lastEvent(String method, String path);

}
