package io.github.gracefulboot.actuate;

import java.io.Flushable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

import io.github.gracefulboot.Deadline;
import io.github.gracefulboot.DrainParticipant;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.env.Environment;

/**
 * An application that exports spans in batches, once an hour, and whose shutdown hangs
 * with the profile {@code hang}.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ExportingApplication {

	public static void main(String[] args) {
		SpringApplication.run(ExportingApplication.class, args);
	}

	@Bean
	SdkTracerProvider tracerProvider(Environment environment) {
		SpanExporter exporter = new HttpExporter(environment.getRequiredProperty("spans.url"));
		return SdkTracerProvider.builder()
			.addSpanProcessor(BatchSpanProcessor.builder(exporter).setScheduleDelay(Duration.ofHours(1)).build())
			.build();
	}

	@Bean
	OtlpMeterRegistry otlpMeterRegistry(Environment environment) {
		String url = environment.getRequiredProperty("metrics.url");
		return OtlpMeterRegistry.builder((key) -> switch (key) {
			case "otlp.url" -> url;
			case "otlp.step" -> environment.getProperty("metrics.step", "1h");
			default -> null;
		}).build();
	}

	@Bean
	Reporter reporter(Environment environment) {
		return new Reporter(environment.getRequiredProperty("spans.url"));
	}

	@Bean
	@Profile("held")
	Held held() {
		return new Held();
	}

	@Bean
	ApplicationListener<ApplicationReadyEvent> work(SdkTracerProvider provider) {
		return (event) -> provider.get("test").spanBuilder("work").startSpan().end();
	}

	@Bean
	@Profile("hang")
	ApplicationListener<ContextClosedEvent> hang() {
		return (event) -> {
			try {
				new CountDownLatch(1).await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		};
	}

	/**
	 * Sends what it has when it is flushed, as Zipkin's reporters do.
	 */
	static final class Reporter implements Flushable {

		private final String address;

		Reporter(String address) {
			this.address = address;
		}

		@Override
		public void flush() throws IOException {
			HttpRequest request = HttpRequest.newBuilder(URI.create(this.address))
				.POST(BodyPublishers.ofString("flushed"))
				.build();
			try {
				HttpClient.newHttpClient().send(request, BodyHandlers.discarding());
			}
			catch (InterruptedException ex) {
				throw new InterruptedIOException();
			}
		}

	}

	/**
	 * Is drained until it is let go.
	 */
	static final class Held implements DrainParticipant {

		private final CountDownLatch end = new CountDownLatch(1);

		void letGo() {
			this.end.countDown();
		}

		@Override
		public void drain(Deadline deadline) throws InterruptedException {
			this.end.await();
		}

	}

	/**
	 * Sends the names of spans.
	 */
	private static final class HttpExporter implements SpanExporter {

		private final HttpClient client = HttpClient.newHttpClient();

		private final String address;

		HttpExporter(String address) {
			this.address = address;
		}

		@Override
		public CompletableResultCode export(Collection<SpanData> spans) {
			CompletableResultCode result = new CompletableResultCode();
			HttpRequest request = HttpRequest.newBuilder(URI.create(this.address))
				.POST(BodyPublishers.ofString(spans.stream().map(SpanData::getName).collect(Collectors.joining("\n"))))
				.build();
			CompletableFuture<?> answer = this.client.sendAsync(request, BodyHandlers.discarding());
			answer.whenComplete((response, failure) -> {
				if (failure == null) {
					result.succeed();
				}
				else {
					result.fail();
				}
			});
			return result;
		}

		@Override
		public CompletableResultCode flush() {
			return CompletableResultCode.ofSuccess();
		}

		@Override
		public CompletableResultCode shutdown() {
			return CompletableResultCode.ofSuccess();
		}

	}

}
