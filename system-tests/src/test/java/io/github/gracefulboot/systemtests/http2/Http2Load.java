package io.github.gracefulboot.systemtests.http2;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A program that sends requests over HTTP/2 with the JDK's client, POST and GET in turn,
 * until its input ends. It repeats none itself. A program of its own because only JDK 24
 * and later keep requests in flight when they are told to go away.
 */
public final class Http2Load {

	private static final int CLIENTS = 4;

	private static final int STREAMS = 4;

	private static final int MILESTONE = 100;

	private static final Duration LONGEST = Duration.ofMinutes(15);

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final URI uri;

	private final AtomicLong total = new AtomicLong();

	private final AtomicLong overHttp2 = new AtomicLong();

	private final AtomicLong failed = new AtomicLong();

	private volatile boolean stopped;

	private Http2Load(URI uri) {
		this.uri = uri;
	}

	public static void main(String[] args) throws Exception {
		new Http2Load(URI.create(args[0])).run();
	}

	private void run() throws IOException, InterruptedException {
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
			for (int j = 0; j < STREAMS; j++) {
				threads.add(new Thread(() -> send(client)));
			}
		}
		threads.forEach(Thread::start);
		System.in.readAllBytes();
		this.stopped = true;
		for (Thread thread : threads) {
			thread.join();
		}
		System.out.printf("ended: total=%d http2=%d failed=%d%n", this.total.get(), this.overHttp2.get(),
				this.failed.get());
	}

	private void send(HttpClient client) {
		long end = System.nanoTime() + LONGEST.toNanos();
		HttpRequest.Builder builder = HttpRequest.newBuilder(this.uri).timeout(TIMEOUT);
		HttpRequest get = builder.GET().build();
		HttpRequest post = builder.POST(BodyPublishers.ofString("x".repeat(200))).build();
		for (int i = 0; !this.stopped && System.nanoTime() < end; i++) {
			send(client, (i % 2 == 0) ? get : post);
		}
	}

	private void send(HttpClient client, HttpRequest request) {
		try {
			HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
			if (response.version() == HttpClient.Version.HTTP_2) {
				this.overHttp2.incrementAndGet();
			}
			if (response.statusCode() != 200) {
				failed(request, "status " + response.statusCode());
			}
		}
		catch (IOException ex) {
			failed(request, ex.toString());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		if (this.total.incrementAndGet() % MILESTONE == 0) {
			System.out.printf("%s total=%d%n", LocalTime.now(), this.total.get());
		}
	}

	private void failed(HttpRequest request, String cause) {
		this.failed.incrementAndGet();
		System.out.printf("%s %s failed: %s%n", LocalTime.now(), request.method(), cause);
	}

}
