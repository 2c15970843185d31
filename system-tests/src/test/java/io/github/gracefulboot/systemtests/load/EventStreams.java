package io.github.gracefulboot.systemtests.load;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

/**
 * Clients that listen to server-sent events, each on a connection of its own, all on a
 * handful of threads.
 */
public final class EventStreams {

	private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(60);

	private final List<Listener> listeners;

	private EventStreams(List<Listener> listeners) {
		this.listeners = listeners;
	}

	/**
	 * Opens streams and waits until each has heard events.
	 */
	public static EventStreams open(int count, int port) {
		HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/events".formatted(port)))
			.header("Accept", "text/event-stream")
			.build();
		List<Listener> listeners = Stream.generate(Listener::new).limit(count).toList();
		for (Listener listener : listeners) {
			listener.response = client.sendAsync(request, HttpResponse.BodyHandlers.fromLineSubscriber(listener));
		}
		Awaitility.await("events on %d streams".formatted(count))
			.atMost(OPEN_TIMEOUT)
			.until(() -> listeners.stream().allMatch((listener) -> listener.events > 1));
		return new EventStreams(listeners);
	}

	/**
	 * Waits until each stream has come to an end, and counts those whose body was
	 * complete and whose last event was whole.
	 * @param lastEvent the name of the last event
	 */
	public long endedOrderly(String lastEvent) {
		return this.listeners.stream().filter((listener) -> listener.endedOrderly(lastEvent)).count();
	}

	/**
	 * Hears the lines of one stream.
	 */
	private static final class Listener implements Flow.Subscriber<String> {

		private volatile CompletableFuture<HttpResponse<Void>> response;

		private volatile int events;

		private volatile String name = "";

		private volatile boolean whole = true;

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(String line) {
			if (line.isEmpty()) {
				this.events++;
			}
			else if (this.whole) {
				this.name = "";
			}
			this.whole = line.isEmpty();
			if (line.startsWith("event: ")) {
				this.name = line.substring(7);
			}
		}

		@Override
		public void onError(Throwable failure) {
		}

		@Override
		public void onComplete() {
		}

		private boolean endedOrderly(String lastEvent) {
			try {
				this.response.get(10, TimeUnit.SECONDS);
				return this.whole && this.name.equals(lastEvent);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return false;
			}
			catch (Exception ex) {
				return false;
			}
		}

	}

}
