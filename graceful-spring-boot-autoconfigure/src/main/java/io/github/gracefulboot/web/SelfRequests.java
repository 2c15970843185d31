package io.github.gracefulboot.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
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

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
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
			SSLSocketFactory sockets = sockets(server);
			List<Callable<@Nullable Void>> requests = new ArrayList<>();
			for (String path : this.properties.getPaths()) {
				URL url = server.resolve(path).toURL();
				requests.addAll(Collections.nCopies(this.properties.getRequests(), () -> ask(url, sockets)));
			}
			await(executor.invokeAll(requests));
		}
		finally {
			executor.shutdownNow();
		}
	}

	private @Nullable Void ask(URL url, @Nullable SSLSocketFactory sockets) throws IOException {
		HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
		if (connection instanceof HttpsURLConnection secured && sockets != null) {
			secured.setSSLSocketFactory(sockets);
			secured.setHostnameVerifier((host, session) -> true);
		}
		int timeout = (int) Math.min(Integer.MAX_VALUE, this.properties.getTimeout().toMillis());
		connection.setConnectTimeout(timeout);
		connection.setReadTimeout(timeout);
		connection.setInstanceFollowRedirects(false);
		connection.setUseCaches(false);
		connection.setRequestProperty("User-Agent", "graceful-warm-up");
		// An idle connection would be waited for if the application is stopped soon
		connection.setRequestProperty("Connection", "close");
		try {
			int status = connection.getResponseCode();
			if (status >= 400) {
				throw new IOException("GET %s was answered %d".formatted(url.getFile(), status));
			}
			try (InputStream body = connection.getInputStream()) {
				body.transferTo(OutputStream.nullOutputStream());
			}
			return null;
		}
		finally {
			connection.disconnect();
		}
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
		if (first != null) {
			throw new IOException(
					"%d of %d requests failed, the first: %s".formatted(failed, answers.size(), first.getMessage()),
					first);
		}
	}

	private static @Nullable SSLSocketFactory sockets(URI server) throws GeneralSecurityException {
		if (!"https".equals(server.getScheme())) {
			return null;
		}
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, new TrustManager[] { new TrustEverything() }, new SecureRandom());
		return context.getSocketFactory();
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
