package io.github.gracefulboot.actuate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;

/**
 * A collector of metrics by OTLP, and of the names of spans, on a port of its own.
 */
final class Collector implements AutoCloseable {

	private final HttpServer server;

	private final CountDownLatch answers;

	private final List<Metric> metrics = new CopyOnWriteArrayList<>();

	private volatile String pushed = "";

	private final List<String> spans = new CopyOnWriteArrayList<>();

	private Collector(CountDownLatch answers) throws IOException {
		this.answers = answers;
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.createContext("/v1/metrics", this::metrics);
		this.server.createContext("/spans", this::spans);
		this.server.createContext("/metrics/job/", this::pushed);
		this.server.setExecutor(Executors.newCachedThreadPool());
		this.server.start();
	}

	static Collector start() throws IOException {
		return new Collector(new CountDownLatch(0));
	}

	/**
	 * Starts one that takes connections and never answers.
	 */
	static Collector hanging() throws IOException {
		return new Collector(new CountDownLatch(1));
	}

	private void metrics(HttpExchange exchange) throws IOException {
		ExportMetricsServiceRequest request = ExportMetricsServiceRequest.parseFrom(exchange.getRequestBody());
		request.getResourceMetricsList()
			.forEach((resource) -> resource.getScopeMetricsList()
				.forEach((scope) -> this.metrics.addAll(scope.getMetricsList())));
		answer(exchange);
	}

	private void spans(HttpExchange exchange) throws IOException {
		this.spans.addAll(new String(exchange.getRequestBody().readAllBytes()).lines().toList());
		answer(exchange);
	}

	private void pushed(HttpExchange exchange) throws IOException {
		this.pushed = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
		answer(exchange);
	}

	private void answer(HttpExchange exchange) throws IOException {
		try {
			this.answers.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		exchange.sendResponseHeaders(200, -1);
		exchange.close();
	}

	String address() {
		return "http://" + hostAndPort();
	}

	/**
	 * Returns the host and port, as Prometheus' client wants them.
	 */
	String hostAndPort() {
		return "127.0.0.1:" + this.server.getAddress().getPort();
	}

	/**
	 * Returns what was pushed last, as to Prometheus' Pushgateway.
	 */
	String pushed() {
		return this.pushed;
	}

	List<String> spans() {
		return this.spans;
	}

	/**
	 * Returns the last value of each series of a counter.
	 */
	Map<Map<String, String>, Double> sums(String name) {
		return this.metrics.stream()
			.filter((metric) -> metric.getName().equals(name))
			.flatMap((metric) -> metric.getSum().getDataPointsList().stream())
			.collect(Collectors.toMap((point) -> tags(point.getAttributesList()), NumberDataPoint::getAsDouble,
					(first, last) -> last));
	}

	/**
	 * Returns the tags of each series of a timer.
	 */
	List<Map<String, String>> timers(String name) {
		return this.metrics.stream()
			.filter((metric) -> metric.getName().equals(name))
			.flatMap((metric) -> metric.getHistogram().getDataPointsList().stream())
			.map((point) -> tags(point.getAttributesList()))
			.toList();
	}

	private static Map<String, String> tags(List<KeyValue> attributes) {
		return attributes.stream()
			.collect(Collectors.toMap(KeyValue::getKey, (attribute) -> attribute.getValue().getStringValue()));
	}

	@Override
	public void close() {
		this.answers.countDown();
		this.server.stop(0);
	}

}
