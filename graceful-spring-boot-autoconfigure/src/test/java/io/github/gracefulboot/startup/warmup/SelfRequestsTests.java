package io.github.gracefulboot.startup.warmup;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.gracefulboot.traffic.Traffic;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SelfRequests}, on real servers.
 */
@ExtendWith(OutputCaptureExtension.class)
class SelfRequestsTests {

	private static final String PATHS = "--graceful.startup.warm-up.paths=/one,/two?page=2";

	@ParameterizedTest
	@CsvSource({ "SERVLET,false", "SERVLET,true", "REACTIVE,false", "REACTIVE,true" })
	void whenPathsAreSetThenEachIsAskedBeforeReady(WebApplicationType type, boolean tls, @TempDir Path directory,
			CapturedOutput output) throws Exception {
		String[] arguments = { PATHS, "--graceful.startup.warm-up.requests=3",
				"--graceful.startup.warm-up.concurrency=2", "--graceful.startup.warm-up.required=true" };
		try (ConfigurableApplicationContext context = run(type, tls ? withTls(directory, arguments) : arguments)) {
			Requests requests = context.getBean(Requests.class);
			assertThat(requests.count("/one REFUSING_TRAFFIC")).isEqualTo(3);
			assertThat(requests.count("/two?page=2 REFUSING_TRAFFIC")).isEqualTo(3);
			assertThat(requests.counts).hasSize(2);
			assertThat(output).contains("Warmed up in ");
			Traffic traffic = context.getBean(Traffic.class);
			Awaitility.await().untilAsserted(() -> assertThat(traffic.openConnections()).isEmpty());
			Awaitility.await()
				.untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
					.noneMatch((name) -> name.startsWith("graceful-warm-up")));
		}
	}

	@Test
	void whenThereIsAContextPathThenPathsBeginWithIt() {
		try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET,
				"--server.servlet.context-path=/shop", "--graceful.startup.warm-up.paths=/shop/one",
				"--graceful.startup.warm-up.required=true")) {
			assertThat(context.getBean(Requests.class).count("/shop/one REFUSING_TRAFFIC")).isEqualTo(10);
		}
	}

	@Test
	void whenAPathFailsThenWarnsInOneLineAndIsReady(CapturedOutput output) {
		try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET, PATHS + ",/missing")) {
			assertThat(context.getBean(ApplicationAvailability.class).getReadinessState())
				.isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
		}
		assertThat(output)
			.contains("Warm-up gracefulSelfRequests failed: 10 of 30 requests failed, "
					+ "the first with: GET /missing returned 404; accepting traffic without it")
			.doesNotContain("\tat ");
	}

	@Test
	void whenAPathFailsThatIsRequiredThenTheStartFails() {
		assertThatExceptionOfType(IllegalStateException.class)
			.isThrownBy(() -> run(WebApplicationType.REACTIVE, "--graceful.startup.warm-up.required=true",
					"--graceful.startup.warm-up.paths=/missing"))
			.withStackTraceContaining("GET /missing returned 404");
	}

	@Test
	void whenNoPathIsSetThenNothingIsAsked() {
		try (ConfigurableApplicationContext context = run(WebApplicationType.SERVLET)) {
			assertThat(context.getBeanProvider(SelfRequests.class)).isEmpty();
			assertThat(context.getBean(Requests.class).counts).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "0.0.0.0,http://127.0.0.1:81", "::,http://127.0.0.1:81", "127.0.0.2,http://127.0.0.2:81",
			"::1,'http://[0:0:0:0:0:0:0:1]:81'" })
	void whenServerIsBoundToAnAddressThenThatIsAsked(String address, String server) throws UnknownHostException {
		assertThat(OwnServer.address("http", InetAddress.getByName(address), 81)).hasToString(server);
	}

	private static ConfigurableApplicationContext run(WebApplicationType type, String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(type);
		application.setDefaultProperties(Map.of("server.port", "0", "graceful.shutdown.exit-codes", "false",
				"graceful.lame-duck.enabled", "false"));
		return application.run(arguments);
	}

	/**
	 * With a certificate that nobody has signed, for another name.
	 */
	private static String[] withTls(Path directory, String... arguments) throws Exception {
		Path file = directory.resolve("example.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "example", "-keyalg", "EC", "-dname", "CN=example.org", "-storetype", "PKCS12",
				"-storepass", "secret", "-keystore", file.toString())
			.inheritIO()
			.start();
		assertThat(keytool.waitFor()).isZero();
		String[] all = Arrays.copyOf(arguments, arguments.length + 2);
		all[arguments.length] = "--server.ssl.key-store=" + file;
		all[arguments.length + 1] = "--server.ssl.key-store-password=secret";
		return all;
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Requests requests(ApplicationAvailability availability) {
			return new Requests(availability);
		}

		@Bean
		WebFilter webFilter(Requests requests) {
			return (exchange, chain) -> {
				String path = exchange.getRequest().getURI().getRawPath();
				String query = exchange.getRequest().getURI().getRawQuery();
				exchange.getResponse().setStatusCode(HttpStatus.valueOf(requests.add(path, query)));
				return Mono.empty();
			};
		}

		@Bean
		OncePerRequestFilter servletFilter(Requests requests) {
			return new OncePerRequestFilter() {

				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) {
					response.setStatus(requests.add(request.getRequestURI(), request.getQueryString()));
				}

			};
		}

	}

	/**
	 * Counts requests and how ready the application was.
	 */
	static class Requests {

		private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

		private final ApplicationAvailability availability;

		Requests(ApplicationAvailability availability) {
			this.availability = availability;
		}

		int add(String path, String query) {
			String key = path + ((query != null) ? "?" + query : "") + " " + this.availability.getReadinessState();
			this.counts.computeIfAbsent(key, (name) -> new AtomicInteger()).incrementAndGet();
			return path.equals("/missing") ? 404 : 200;
		}

		int count(String key) {
			return this.counts.getOrDefault(key, new AtomicInteger()).get();
		}

	}

}
