package io.github.gracefulboot.shutdown;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.core.env.Environment;

/**
 * What runs the process, and how long that waits by default from the stop signal until it
 * kills. Few of them tell the process what was set instead.
 */
enum Platform {

	KUBERNETES("Kubernetes", 30), CLOUD_FOUNDRY("Cloud Foundry", 10), HEROKU("Heroku", 30),
	ECS("Amazon ECS", 30, "ECS_CONTAINER_METADATA_URI_V4", "ECS_CONTAINER_METADATA_URI"),
	AZURE_CONTAINER_APPS("Azure Container Apps", 30, "CONTAINER_APP_NAME"),
	CLOUD_RUN("Cloud Run", 10, "K_SERVICE", "CLOUD_RUN_JOB"), RENDER("Render", 30, "RENDER_SERVICE_ID"),
	FLY("Fly.io", 5, "FLY_MACHINE_ID"), NOMAD("Nomad", 5, "NOMAD_ALLOC_ID"), DOCKER("Docker", 10);

	/**
	 * Made by Docker and by Podman, which wait for equally long.
	 */
	private static final List<Path> CONTAINER_MARKS = List.of(Path.of("/.dockerenv"), Path.of("/run/.containerenv"));

	private static final long INIT = 1;

	private final String text;

	private final Duration untilKill;

	private final List<String> variables;

	Platform(String text, int secondsUntilKill, String... variables) {
		this.text = text;
		this.untilKill = Duration.ofSeconds(secondsUntilKill);
		this.variables = List.of(variables);
	}

	/**
	 * Finds out where this process runs. {@code spring.main.cloud-platform=none} says
	 * that it is nowhere special.
	 * @param environment knows what Spring Boot detects, and the variables of others
	 * @return the platform, or empty if it is none of these
	 */
	static Optional<Platform> of(Environment environment) {
		return of(environment, ProcessHandle.current(), Files::exists);
	}

	static Optional<Platform> of(Environment environment, ProcessHandle process, Predicate<Path> exists) {
		CloudPlatform cloud = CloudPlatform.getActive(environment);
		if (cloud != null) {
			return Arrays.stream(values()).filter((platform) -> platform.name().equals(cloud.name())).findFirst();
		}
		for (Platform platform : values()) {
			for (String variable : platform.variables) {
				if (environment.containsProperty(variable)) {
					return Optional.of(platform);
				}
			}
		}
		return (isStoppedWithContainer(environment, process) && CONTAINER_MARKS.stream().anyMatch(exists))
				? Optional.of(DOCKER) : Optional.empty();
	}

	/**
	 * Returns whether the signal that stops a container comes to this process, directly
	 * or from an init process. What a supervisor or a shell inside has started is theirs
	 * to stop.
	 */
	private static boolean isStoppedWithContainer(Environment environment, ProcessHandle process) {
		return (process.pid() == INIT || process.parent().filter((parent) -> parent.pid() == INIT).isPresent())
				&& !environment.containsProperty("INVOCATION_ID");
	}

	/**
	 * Returns how long it waits until it kills, unless somebody has set something else.
	 * @return the time from the signal to the kill
	 */
	Duration untilKill() {
		return this.untilKill;
	}

	@Override
	public String toString() {
		return this.text;
	}

}
