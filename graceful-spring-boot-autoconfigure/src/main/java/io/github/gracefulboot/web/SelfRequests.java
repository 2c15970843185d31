package io.github.gracefulboot.web;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

import io.github.gracefulboot.shutdown.DaemonThreads;
import io.github.gracefulboot.startup.StartupProperties;
import io.github.gracefulboot.startup.WarmUp;
import org.jspecify.annotations.Nullable;

/**
 * Warms the application up by requests to its own web server, whose certificate is not
 * checked: it is made for another name than the loopback address.
 */
final class SelfRequests implements WarmUp {

	private final StartupProperties.WarmUp properties;

	private final Supplier<URI> server;

	/**
	 * Creates the warm-up.
	 * @param properties what to ask and how often
	 * @param server where the web server listens
	 */
	SelfRequests(StartupProperties.WarmUp properties, Supplier<URI> server) {
		this.properties = properties;
		this.server = server;
	}

	@Override
	public void warmUp() throws IOException, InterruptedException, GeneralSecurityException {
		URI server = this.server.get();
		ExecutorService executor = Executors.newFixedThreadPool(this.properties.getConcurrency(),
				DaemonThreads.factory("graceful-warm-up-client"));
		try {
			HttpClient client = client(server);
			List<Callable<@Nullable Void>> requests = new ArrayList<>();
			for (String path : this.properties.getPaths()) {
				requests.addAll(Collections.nCopies(this.properties.getRequests(), () -> ask(client, server, path)));
			}
			await(executor.invokeAll(requests));
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static @Nullable Void ask(HttpClient client, URI server, String path)
			throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
			.header("User-Agent", "graceful-warm-up")
			.build();
		int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
		if (status >= 400) {
			throw new IOException("GET %s was answered %d".formatted(path, status));
		}
		return null;
	}

	private static void await(List<Future<@Nullable Void>> answers) throws IOException, InterruptedException {
		int failed = 0;
		Throwable first = null;
		for (Future<@Nullable Void> answer : answers) {
			try {
				answer.get();
			}
			catch (ExecutionException ex) {
				failed++;
				first = (first != null) ? first : ex.getCause();
			}
		}
		if (failed > 0) {
			throw new IOException("%d of %d requests failed, the first: %s".formatted(failed, answers.size(), first),
					first);
		}
	}

	private static HttpClient client(URI server) throws GeneralSecurityException {
		HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1);
		if ("https".equals(server.getScheme())) {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, new TrustManager[] { new TrustEverything() }, new SecureRandom());
			builder.sslContext(context);
		}
		return builder.build();
	}

	/**
	 * Returns where a server listens.
	 * @param ssl whether it speaks TLS
	 * @param address the address that it is bound to, or {@code null} for all
	 * @param port its port
	 * @return the address for {@link SelfRequests}
	 */
	static URI server(boolean ssl, @Nullable InetAddress address, int port) {
		InetAddress host = (address == null || address.isAnyLocalAddress()) ? InetAddress.getLoopbackAddress()
				: address;
		String name = (host instanceof Inet6Address) ? "[" + host.getHostAddress() + "]" : host.getHostAddress();
		return URI.create("%s://%s:%d".formatted(ssl ? "https" : "http", name, port));
	}

	@Override
	public String toString() {
		return "of " + String.join(", ", this.properties.getPaths());
	}

	/**
	 * Trusts whom it speaks to, which is the same process.
	 */
	private static final class TrustEverything extends X509ExtendedTrustManager {

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
		}

		@Override
		public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
		}

		@Override
		public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
		}

		@Override
		public X509Certificate[] getAcceptedIssuers() {
			return new X509Certificate[0];
		}

	}

}
