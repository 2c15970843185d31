package io.github.gracefulboot.report;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings of the report of a shutdown.
 */
@ConfigurationProperties("graceful.shutdown.report")
public class ReportProperties {

	static final String TERMINATION_LOG = "/dev/termination-log";

	/**
	 * Directory for the reports of shutdowns: of each a JSON file and a page to look at.
	 * Without it, none are written.
	 */
	private @Nullable Path directory;

	/**
	 * How many reports are kept in the directory.
	 */
	private int keep = 100;

	/**
	 * File that gets the last line of a shutdown, if it exists. Kubernetes shows what is
	 * in it in the status of the container.
	 */
	private Path terminationLog = Path.of(TERMINATION_LOG);

	public @Nullable Path getDirectory() {
		return this.directory;
	}

	public void setDirectory(@Nullable Path directory) {
		this.directory = directory;
	}

	public int getKeep() {
		return this.keep;
	}

	public void setKeep(int keep) {
		this.keep = keep;
	}

	public Path getTerminationLog() {
		return this.terminationLog;
	}

	public void setTerminationLog(Path terminationLog) {
		this.terminationLog = terminationLog;
	}

}
