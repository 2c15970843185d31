package io.github.gracefulboot.web.stream;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.github.gracefulboot.LastEvent;
import io.github.gracefulboot.StreamFarewell;
import io.github.gracefulboot.shutdown.LoopCode;
import io.github.gracefulboot.shutdown.MethodCode.Loop;
import io.github.gracefulboot.shutdown.PropertyRules;
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

	private final Predicate<String> application;

	private final StreamHistory history = new StreamHistory();

	private final Map<List<StackTraceElement>, Loop> loops = new ConcurrentHashMap<>();

	private final Set<String> unknown = ConcurrentHashMap.newKeySet();

	private final AtomicBoolean warned = new AtomicBoolean();

	/**
	 * Creates the rules for streams.
	 * @param types their media types
	 * @param methods the HTTP methods that they answer
	 * @param farewells give the last event
	 * @param application whether a class is the application's, by its name
	 */
	public EndlessStreams(Collection<MimeType> types, Collection<String> methods,
			Supplier<List<StreamFarewell>> farewells, Predicate<String> application) {
		this.types = types.stream().map(EndlessStreams::name).toList();
		this.methods = methods.stream().map((method) -> method.toUpperCase(Locale.ROOT)).collect(Collectors.toSet());
		this.farewells = farewells;
		this.application = application;
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
	 * Returns how streams have ended so far.
	 * @return the history, to which those that end are added
	 */
	public StreamHistory history() {
		return this.history;
	}

	/**
	 * Returns whether a thread is at a task that comes to an end by itself, as far as the
	 * code of the application tells: in a loop that counts its rounds or goes through the
	 * elements of something, or in none.
	 * @param thread the thread that has written to a stream
	 * @return {@code false} if it may go on for ever, or does nothing of the application
	 */
	public boolean isAtTask(Thread thread) {
		StackTraceElement[] frames = Arrays.stream(thread.getStackTrace())
			.filter((frame) -> this.application.test(frame.getClassName()))
			.toArray(StackTraceElement[]::new);
		return frames.length > 0
				&& this.loops.computeIfAbsent(List.of(frames), (key) -> LoopCode.around(frames)) != Loop.OPEN;
	}

	/**
	 * Called when a stream ends that might end by itself for all that is known. Says so
	 * once for each endpoint.
	 * @param endpoint the method and the pattern of its path
	 */
	public void ends(String endpoint) {
		if (!endpoint.isEmpty() && !this.history.knows(endpoint) && this.unknown.add(endpoint)) {
			logger.info(LogMessage.format(
					"Streams of %s end now, between two events: none has ended by itself since the start", endpoint));
		}
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
