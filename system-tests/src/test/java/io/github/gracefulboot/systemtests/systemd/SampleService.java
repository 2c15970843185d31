package io.github.gracefulboot.systemtests.systemd;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.github.gracefulboot.systemtests.app.DeployFile;
import io.github.gracefulboot.systemtests.app.Readiness;
import io.github.gracefulboot.test.process.FreePorts;

/**
 * The sample's own unit files, with a drop-in that says only what differs here: the java
 * executable, the port and where the output goes.
 */
public final class SampleService extends SystemdService {

	public static final String UNIT = "sample-app.service";

	private static final String SOCKET = "sample-app.socket";

	private final int port;

	private SampleService(Systemd systemd, Path log, int port) {
		super(systemd, UNIT, log);
		this.port = port;
	}

	/**
	 * Installs the service.
	 * @param systemd where
	 * @param directory the test's
	 * @param settings more lines of the unit's section Service
	 */
	public static SampleService install(Systemd systemd, Path directory, String... settings) {
		int port = FreePorts.next();
		String log = "sample-app-%d.log".formatted(port);
		systemd.unit(DeployFile.path("systemd/" + UNIT));
		List<String> lines = new ArrayList<>(List.of("[Service]", "ExecStart=", "ExecStart=" + javaCommand(),
				"Environment=SERVER_PORT=%d SERVER_ADDRESS=127.0.0.1".formatted(port),
				// JDK 17 cannot read the cgroups of such a namespace
				"Environment=\"JDK_JAVA_OPTIONS=%s -XX:-UseContainerSupport\"".formatted(systemd.jvmOptions()),
				"StandardOutput=append:%s/%s".formatted(Systemd.DIRECTORY, log), "StandardError=inherit"));
		lines.addAll(List.of(settings));
		systemd.dropIn(UNIT, "test", String.join("\n", lines) + "\n");
		return new SampleService(systemd, directory.resolve(log), port);
	}

	/**
	 * Installs the service and lets systemd listen for it.
	 */
	public static SampleService installWithSocket(Systemd systemd, Path directory, String... settings) {
		SampleService service = install(systemd, directory, settings);
		systemd.unit(DeployFile.path("systemd/" + SOCKET));
		systemd.dropIn(SOCKET, "test", "[Socket]\nListenStream=\nListenStream=127.0.0.1:%d\n".formatted(service.port));
		systemd.dropIn(UNIT, "socket", DeployFile.read("systemd/sample-app.service.d/socket.conf"));
		systemd.require("start", SOCKET);
		return service;
	}

	/**
	 * Installs the service so that a reload replaces its process.
	 */
	public static SampleService installWithHandOver(Systemd systemd, Path directory, String... settings) {
		SampleService service = install(systemd, directory, settings);
		systemd.dropIn(UNIT, "handover", DeployFile.read("systemd/sample-app.service.d/handover.conf"));
		return service;
	}

	/**
	 * What the unit starts, but with the JDK that the tests have to use.
	 */
	public static String javaCommand() {
		return DeployFile.read("systemd/" + UNIT)
			.lines()
			.filter((line) -> line.startsWith("ExecStart="))
			.map((line) -> line.substring(line.indexOf('=') + 1).replace("/usr/bin/java", Systemd.JAVA))
			.findFirst()
			.orElseThrow();
	}

	public int port() {
		return this.port;
	}

	public int readiness() {
		return Readiness.of(this.port);
	}

}
