package io.github.gracefulboot.benchmarks.app;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A {@link ServerApplication} in a process of its own, with the starter or without it on
 * its class path.
 */
public final class ServerProcess implements AutoCloseable {

	private static final Duration LONGEST_START = Duration.ofSeconds(60);

	private static final Pattern OF_THE_STARTER = Pattern
		.compile("(graceful-spring-boot-(autoconfigure|starter)|jna)-[^/]*\\.jar");

	private static final Pattern PORT = Pattern.compile("started on port (\\d+)");

	private final Process process;

	private final Path log;

	private final int port;

	private ServerProcess(Process process, Path log) throws IOException, InterruptedException {
		this.process = process;
		this.log = log;
		this.port = awaitPort();
	}

	/**
	 * Starts one and waits until it listens.
	 * @param server its web server
	 * @param starter whether the starter is on its class path
	 * @param log where its output goes
	 * @param jvm options of its JVM
	 * @param args further arguments
	 * @return the process
	 * @throws IOException if it cannot be started
	 * @throws InterruptedException if the wait is interrupted
	 */
	public static ServerProcess start(Server server, boolean starter, Path log, List<String> jvm, String... args)
			throws IOException, InterruptedException {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvm);
		command.addAll(List.of("-cp", classPath(starter), ServerApplication.class.getName(), server.name()));
		command.addAll(Arrays.asList(args));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
		// Where the benchmark is ended itself
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		return new ServerProcess(process, log);
	}

	private static String classPath(boolean starter) {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> starter || !OF_THE_STARTER.matcher(Path.of(entry).getFileName().toString()).matches())
			.collect(Collectors.joining(File.pathSeparator));
	}

	private int awaitPort() throws IOException, InterruptedException {
		long begin = System.nanoTime();
		while (this.process.isAlive() && System.nanoTime() - begin < LONGEST_START.toNanos()) {
			Matcher matcher = PORT.matcher(log());
			if (matcher.find() && log().contains(": Started ")) {
				return Integer.parseInt(matcher.group(1));
			}
			Thread.sleep(20);
		}
		this.process.destroyForcibly();
		throw new IllegalStateException("The application did not start: " + this.log);
	}

	public int port() {
		return this.port;
	}

	public String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Asks for a number on a connection of its own.
	 * @param path what to ask for
	 * @return the number
	 * @throws IOException if there is no answer
	 */
	public long ask(String path) throws IOException {
		URLConnection connection = URI.create("http://127.0.0.1:" + this.port + path).toURL().openConnection();
		connection.setRequestProperty("Connection", "close");
		try (InputStream answer = connection.getInputStream()) {
			return Long.parseLong(new String(answer.readAllBytes(), StandardCharsets.US_ASCII));
		}
	}

	/**
	 * Answers all requests that are held.
	 * @throws IOException if it cannot be told
	 */
	public void release() throws IOException {
		this.process.getOutputStream().write('\n');
		this.process.getOutputStream().flush();
	}

	/**
	 * Sends SIGTERM.
	 */
	public void terminate() {
		this.process.toHandle().destroy();
	}

	public Process process() {
		return this.process;
	}

	@Override
	public void close() throws InterruptedException {
		this.process.destroyForcibly().waitFor();
	}

}
