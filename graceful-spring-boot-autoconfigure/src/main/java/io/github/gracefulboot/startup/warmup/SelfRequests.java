package io.github.gracefulboot.startup.warmup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URL;
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

import io.github.gracefulboot.WarmUp;
import io.github.gracefulboot.shutdown.DaemonThreads;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Warms up the application with requests to its own web server.
 */
final class SelfRequests implements WarmUp, AopInfrastructureBean {

	private final WarmUpProperties properties;

	private final Supplier<OwnServer> server;

	/**
	 * Creates the warm-up.
	 * @param properties the requests to make
	 * @param server provides the web server
	 */
	SelfRequests(WarmUpProperties properties, Supplier<OwnServer> server) {
		this.properties = properties;
		this.server = server;
	}

	@Override
	public void warmUp() throws IOException, InterruptedException {
		OwnServer server = this.server.get();
		ExecutorService executor = Executors.newFixedThreadPool(this.properties.getConcurrency(),
				DaemonThreads.factory("graceful-warm-up-client"));
		try {
			List<Callable<@Nullable Void>> requests = new ArrayList<>();
			for (String path : this.properties.getPaths()) {
				URL url = server.address().resolve(path).toURL();
				requests.addAll(Collections.nCopies(this.properties.getRequests(), () -> ask(url, server)));
			}
			await(executor.invokeAll(requests));
		}
		finally {
			executor.shutdownNow();
		}
	}

	private @Nullable Void ask(URL url, OwnServer server) throws IOException {
		HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
		if (connection instanceof HttpsURLConnection secured) {
			server.trust(secured);
		}
		int timeout = (int) Math.min(Integer.MAX_VALUE, this.properties.getTimeout().toMillis());
		connection.setConnectTimeout(timeout);
		connection.setReadTimeout(timeout);
		connection.setInstanceFollowRedirects(false);
		connection.setUseCaches(false);
		connection.setRequestProperty("User-Agent", "graceful-warm-up");
		// An idle connection would delay a shutdown that follows soon
		connection.setRequestProperty("Connection", "close");
		try {
			int status = connection.getResponseCode();
			if (status >= 400) {
				throw new IOException("GET %s returned %d".formatted(url.getFile(), status));
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
			throw new IOException("%d of %d requests failed, the first with: %s".formatted(failed, answers.size(),
					first.getMessage()), first);
		}
	}

}
