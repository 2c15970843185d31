package io.github.gracefulboot.web.stream;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.gracefulboot.LastEvent;
import io.github.gracefulboot.StreamFarewell;
import io.github.gracefulboot.shutdown.PropertyRules;
import io.github.gracefulboot.shutdown.StreamEnds;
import io.github.gracefulboot.traffic.Printable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.core.log.LogMessage;
import org.springframework.util.MimeType;

/**
 * Determines which responses are streams that do not end by themselves, and how to end
 * them.
 */
public final class EndlessStreams implements AopInfrastructureBean {

	/**
	 * The media type of server-sent events.
	 */
	public static final String EVENT_STREAM = "text/event-stream";

	private static final String TYPES_PROPERTY = "graceful.drain.stream-types";

	private static final Log logger = LogFactory.getLog(EndlessStreams.class);

	private final List<String> types;

	private final Set<String> methods;

	private final Supplier<List<StreamFarewell>> farewells;

	private final StreamEnds ends;

	private final AtomicBoolean warned = new AtomicBoolean();

	/**
	 * Creates the rules for streams.
	 * @param types their media types
	 * @param methods the HTTP methods that they answer
	 * @param farewells give the last event
	 * @param ends tells which of them end by themselves
	 */
	public EndlessStreams(Collection<MimeType> types, Collection<String> methods,
			Supplier<List<StreamFarewell>> farewells, StreamEnds ends) {
		this.types = types.stream().map(EndlessStreams::name).toList();
		this.methods = methods.stream().map((method) -> method.toUpperCase(Locale.ROOT)).collect(Collectors.toSet());
		this.farewells = farewells;
		this.ends = ends;
	}

	private static String name(MimeType type) {
		PropertyRules.require(!type.isWildcardType() && !type.isWildcardSubtype(), TYPES_PROPERTY, type,
				type + " would truncate downloads, which would appear to be complete. Specify each media type of "
						+ "streams that do not end by themselves, such as " + EVENT_STREAM + ".");
		return type.getType() + "/" + type.getSubtype();
	}

	/**
	 * Returns whether the response to a request may be a stream that does not end by
	 * itself.
	 * @param method the HTTP method of the request
	 * @return whether to check the type of the response
	 */
	public boolean mayAnswer(String method) {
		return this.methods.contains(method);
	}

	/**
	 * Returns whether a response is a stream that does not end by itself.
	 * @param contentType the type of the response
	 * @return whether a shutdown ends it
	 */
	public boolean isEndless(@Nullable String contentType) {
		if (contentType == null) {
			return false;
		}
		for (String type : this.types) {
			if (is(contentType, type)) {
				return true;
			}
		}
		return false;
	}

	private static boolean is(String contentType, String type) {
		int length = type.length();
		return contentType.regionMatches(true, 0, type, 0, length) && (contentType.length() == length
				|| contentType.charAt(length) == ';' || contentType.charAt(length) == ' ');
	}

	/**
	 * Returns what tells whether a stream ends by itself.
	 * @return the rule, which learns from streams that end
	 */
	public StreamEnds ends() {
		return this.ends;
	}

	/**
	 * Creates the event boundary of a stream.
	 * @param contentType the type of the stream
	 * @return the boundary
	 */
	public EventBoundary boundary(@Nullable String contentType) {
		return new EventBoundary(contentType == null || is(contentType, EVENT_STREAM));
	}

	/**
	 * Returns the last event of a stream.
	 * @param contentType the type of the stream
	 * @param method the HTTP method of the request
	 * @param path the path of the request
	 * @return the text to write before the end, empty if there is no last event
	 */
	public String farewell(String contentType, String method, String path) {
		if (!is(contentType, EVENT_STREAM)) {
			return "";
		}
		try {
			for (StreamFarewell farewell : this.farewells.get()) {
				LastEvent event = farewell.lastEvent(method, path);
				if (event != null) {
					return text(event);
				}
			}
		}
		catch (RuntimeException ex) {
			if (this.warned.compareAndSet(false, true)) {
				logger.warn(LogMessage.format("A %s failed; streams such as %s end without a last event",
						StreamFarewell.class.getSimpleName(), Printable.request(method, path)), ex);
			}
		}
		return "";
	}

	/**
	 * Returns the text of an event as it is written to the stream.
	 */
	private static String text(LastEvent event) {
		StringBuilder text = new StringBuilder();
		if (event.event() != null) {
			text.append("event: ").append(event.event()).append('\n');
		}
		if (event.retry() != null) {
			text.append("retry: ").append(event.retry().toMillis()).append('\n');
		}
		if (event.data() != null) {
			for (String line : event.data().split("\r\n|\r|\n", -1)) {
				text.append("data: ").append(line).append('\n');
			}
		}
		return text.append('\n').toString();
	}

}
