package io.github.gracefulboot.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Which process it is whose shutdown is reported.
 *
 * @param application the name of the application
 * @param host the name of the host or container, empty if it is not known
 * @param pid the id of the process
 */
record Instance(String application, String host, long pid) {

	private static final String DEFAULT_NAME = "application";

	/**
	 * Where Linux has the name of the host. The network is not asked, which may take
	 * long.
	 */
	private static final Path HOSTNAME = Path.of("/etc/hostname");

	static Instance of(Environment environment) {
		return new Instance(environment.getProperty("spring.application.name", DEFAULT_NAME), hostName(),
				ProcessHandle.current().pid());
	}

	private static String hostName() {
		for (String name : new String[] { "HOSTNAME", "COMPUTERNAME" }) {
			String value = System.getenv(name);
			if (StringUtils.hasText(value)) {
				return value;
			}
		}
		try {
			return Files.readString(HOSTNAME).strip();
		}
		catch (IOException | RuntimeException ex) {
			return "";
		}
	}

}
