package io.github.gracefulboot.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.github.gracefulboot.shutdown.AtomicFile;
import io.github.gracefulboot.shutdown.LastReport.Summary;
import io.github.gracefulboot.traffic.Printable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.log.LogMessage;

/**
 * The reports in a directory, which several instances may share: of each shutdown a JSON
 * file and a page, both either complete or not there.
 */
final class ReportFiles {

	private static final Log logger = LogFactory.getLog(StopRecorder.class);

	private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'")
		.withZone(ZoneOffset.UTC);

	private static final String PREFIX = "stop-";

	private static final String JSON = ".json";

	private static final String PAGE = ".html";

	/**
	 * What a name is that is given here. Others may keep files in the same directory.
	 */
	private static final Pattern NAME = Pattern.compile("stop-\\d{8}T\\d{6}\\.\\d{3}Z-[\\w.-]*-\\d+\\.json");

	/**
	 * No report is as long, in bytes. Whoever may write to the directory can leave there
	 * what fills the memory.
	 */
	private static final int LONGEST = 16 * 1024 * 1024;

	/**
	 * What a directory gets that is made here: paths and addresses are nothing for
	 * everybody.
	 */
	private static final FileAttribute<?> NOT_FOR_OTHERS = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---"));

	private final Path directory;

	private final int keep;

	private final Instance instance;

	private final ReportPage page = new ReportPage();

	ReportFiles(Path directory, int keep, Instance instance) {
		this.directory = directory;
		this.keep = keep;
		this.instance = instance;
	}

	/**
	 * Says at the start that nothing could be written, rather than at the end.
	 */
	void check() {
		try {
			createDirectory();
			if (!Files.isWritable(this.directory)) {
				throw new IOException("not writable");
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format(
					"Shutdowns cannot be reported to %s, continuing without it (%s): create the directory, and let the "
							+ "user of this process write to it",
					this.directory, ex));
		}
	}

	/**
	 * Writes a report, in place of an earlier one of the same shutdown.
	 * @param startedAt when the shutdown began
	 * @param report the report
	 * @throws IOException if it cannot be written
	 */
	void write(Instant startedAt, StopReport report) throws IOException {
		createDirectory();
		String name = PREFIX + TIME.format(startedAt) + "-" + safe(this.instance.host()) + "-" + this.instance.pid();
		String json = report.toJson();
		replace(name + JSON, json);
		replace(name + PAGE, this.page.of(json));
	}

	private void createDirectory() throws IOException {
		boolean posix = this.directory.getFileSystem().supportedFileAttributeViews().contains("posix");
		Files.createDirectories(this.directory,
				posix ? new FileAttribute<?>[] { NOT_FOR_OTHERS } : new FileAttribute<?>[0]);
	}

	private static String safe(String host) {
		return host.replaceAll("[^A-Za-z0-9.-]", "_");
	}

	private void replace(String name, String content) throws IOException {
		AtomicFile.write(this.directory.resolve(name), this.directory.resolve("." + name + ".tmp"), content);
	}

	/**
	 * Reads the last report of this host.
	 * @return how that shutdown went, or {@code null} if there is none that can be read
	 */
	@Nullable Summary last() {
		String host = "-" + safe(this.instance.host()) + "-";
		try (Stream<Path> files = Files.list(this.directory)) {
			Optional<Path> last = files.filter(ReportFiles::isWrittenHere)
				.filter((file) -> file.getFileName().toString().contains(host))
				.max(Comparator.naturalOrder());
			return last.isPresent() ? read(last.get()) : null;
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(LogMessage.format("Could not read the last report in %s", this.directory), ex);
			return null;
		}
	}

	private static Summary read(Path file) throws IOException {
		Map<String, Object> report = JsonParserFactory.getJsonParser().parseMap(content(file));
		return new Summary(file.toString(), text(report, "outcome"), text(report, "reason"),
				Instant.parse(text(report, "startedAt")), Duration.parse(text(report, "took")), text(report, "line"));
	}

	private static String text(Map<String, Object> report, String name) {
		return Printable.line(String.valueOf(report.get(name)));
	}

	/**
	 * Deletes the oldest reports beyond those that are kept.
	 * @throws IOException if one cannot be deleted
	 */
	void rotate() throws IOException {
		List<Path> reports;
		try (Stream<Path> files = Files.list(this.directory)) {
			reports = files.filter(ReportFiles::isWrittenHere).sorted().toList();
		}
		for (Path report : reports.subList(0, Math.max(0, reports.size() - this.keep))) {
			String name = report.getFileName().toString();
			Files.deleteIfExists(report);
			Files.deleteIfExists(report.resolveSibling(name.substring(0, name.length() - JSON.length()) + PAGE));
		}
	}

	/**
	 * Returns whether a file is the report of a shutdown.
	 * @param file a file
	 * @return whether its name says so
	 */
	static boolean isReport(Path file) {
		String name = file.getFileName().toString();
		return name.startsWith(PREFIX) && name.endsWith(JSON);
	}

	private static boolean isWrittenHere(Path file) {
		return NAME.matcher(file.getFileName().toString()).matches()
				&& Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
	}

	/**
	 * Reads a report, which may be of anybody.
	 * @param file the file
	 * @return its text
	 * @throws IOException if it cannot be read, or is too long for a report
	 */
	static String content(Path file) throws IOException {
		if (!Files.isRegularFile(file)) {
			// It might never end
			throw new IOException(file + " is no regular file");
		}
		try (InputStream report = Files.newInputStream(file)) {
			byte[] bytes = report.readNBytes(LONGEST + 1);
			if (bytes.length > LONGEST) {
				throw new IOException(file + " is longer than any report");
			}
			return new String(bytes, StandardCharsets.UTF_8);
		}
	}

	@Override
	public String toString() {
		return this.directory.toString();
	}

}
