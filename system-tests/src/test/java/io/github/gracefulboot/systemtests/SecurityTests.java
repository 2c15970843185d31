package io.github.gracefulboot.systemtests;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import io.github.gracefulboot.systemtests.app.App;
import io.github.gracefulboot.systemtests.app.AppProcess;
import io.github.gracefulboot.systemtests.app.SampleJar;
import org.junit.jupiter.api.Test;

import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample with Spring Security as it configures itself.
 */
class SecurityTests {

	@Test
	void whenNothingIsConfiguredThenNobodyStopsTheProcessAndReadinessIsSeen() throws Exception {
		App app = App.of(SampleJar.SAMPLE, TestDirectory.create("security"), "--spring.security.user.password=secret")
			.withLibraries("security", SecurityAutoConfiguration.class, EnableWebSecurity.class, Authentication.class,
					PasswordEncoder.class, SecurityFilterChain.class);
		try (AppProcess process = app.startReady()) {
			for (String action : new String[] { "lame-duck", "resume", "stop" }) {
				for (String user : new String[] { null, "user:secret" }) {
					assertThat(send(process, "POST", "/actuator/graceful/" + action, user).statusCode()).isBetween(401,
							405);
				}
			}
			assertThat(send(process, "GET", "/actuator/graceful", null).statusCode()).isEqualTo(401);
			assertThat(send(process, "GET", "/actuator/graceful", "user:secret").body())
				.contains("\"stage\":\"running\"");
			assertThat(app.readiness()).isEqualTo(200);
			assertThat(process.stop("TERM").code()).isZero();
			assertThat(process.log()).contains("Shutdown completed");
		}
	}

	private static HttpResponse<String> send(AppProcess process, String method, String path, String user)
			throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://localhost:%d%s".formatted(process.port(), path)))
			.method(method, BodyPublishers.noBody());
		if (user != null) {
			request.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
		}
		return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
	}

}
