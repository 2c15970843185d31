package io.github.gracefulboot.systemtests.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Programs that tests need. A test whose program is not installed is skipped, or fails if
 * {@code graceful.test.programs} is {@code required}.
 */
public enum Program {

	/**
	 * The browser.
	 */
	CHROMIUM("chromium", "apt-get install chromium"),

	/**
	 * The port mapper of Erlang, which RabbitMQ needs.
	 */
	EPMD("epmd", "apt-get install rabbitmq-server"),

	/**
	 * What sets the clock of one process.
	 */
	FAKETIME("faketime", "apt-get install faketime"),

	/**
	 * A JDK whose HTTP client finishes what is in flight when it is told to go away, as
	 * that of 17 does not.
	 */
	JDK_25("java", "install a JDK 25 below /usr/lib/jvm", Program.jdks("25")),

	/**
	 * What runs PM2.
	 */
	NODE("node", "apt-get install nodejs npm"),

	/**
	 * Perl, which has the sockets that Java lacks.
	 */
	PERL("perl", "apt-get install perl"),

	/**
	 * What drives the browser.
	 */
	PLAYWRIGHT("playwright-core", "npm ci --prefix system-tests/browser", "browser/node_modules/.bin"),

	/**
	 * The PM2 process manager, of the version that this project pins.
	 */
	PM2("pm2", "npm ci --prefix system-tests/pm2", "pm2/node_modules/.bin"),

	/**
	 * The RabbitMQ message broker. The script of this name on the path would run it as
	 * another user.
	 */
	RABBITMQ("rabbitmq-server", "apt-get install rabbitmq-server", "/usr/lib/rabbitmq/bin"),

	/**
	 * The Redis server.
	 */
	REDIS("redis-server", "apt-get install redis-server"),

	/**
	 * The s6 supervision suite.
	 */
	S6("s6-supervise", "apt-get install s6"),

	/**
	 * The systemd system and service manager.
	 */
	SYSTEMD("systemd", "apt-get install systemd"),

	/**
	 * Starts a program as another user.
	 */
	SETPRIV("setpriv", "apt-get install util-linux");

	private final io.github.gracefulboot.test.process.Program program;

	Program(String name, String advice, String... directories) {
		this.program = new io.github.gracefulboot.test.process.Program(name, advice, directories);
	}

	public String path() {
		return this.program.path();
	}

	private static String[] jdks(String version) {
		try (Stream<Path> jdks = Files.list(Path.of("/usr/lib/jvm"))) {
			return jdks.filter((jdk) -> jdk.getFileName().toString().contains(version))
				.map((jdk) -> jdk.resolve("bin").toString())
				.toArray(String[]::new);
		}
		catch (IOException ex) {
			return new String[] { "/usr/lib/jvm" };
		}
	}

	/**
	 * Treats the program as missing although it is installed, because it cannot be used
	 * here.
	 */
	public <T> T unusable(String message) {
		return io.github.gracefulboot.test.process.Program.unusable(message);
	}

}
