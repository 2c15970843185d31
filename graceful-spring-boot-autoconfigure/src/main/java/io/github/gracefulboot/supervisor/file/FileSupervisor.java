package io.github.gracefulboot.supervisor.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

import io.github.gracefulboot.Supervisor;
import io.github.gracefulboot.shutdown.AtomicFile;

import org.springframework.aop.framework.AopInfrastructureBean;

/**
 * Maintains a file that contains the process id and exists only while the application
 * accepts traffic. A file that was left behind by a killed process is deleted during the
 * start. With a hand-over it may also be that of the process that serves meanwhile.
 */
final class FileSupervisor implements Supervisor, AopInfrastructureBean {

	private static final int LONGEST_CONTENT = 32;

	private final Path path;

	private final boolean takesOver;

	FileSupervisor(Path path, boolean takesOver) {
		this.takesOver = takesOver;
		this.path = path.toAbsolutePath();
	}

	@Override
	public String name() {
		return "file";
	}

	@Override
	public void open() throws IOException {
		try {
			if (Files.isDirectory(this.path)) {
				// An empty directory could be deleted like a file
				throw new FileSystemException(this.path.toString(), null, "is a directory");
			}
			if (!this.takesOver || !isOfRunningProcess()) {
				Files.deleteIfExists(this.path);
			}
		}
		catch (IOException ex) {
			throw failure(ex);
		}
	}

	/**
	 * Looks at a regular file only, and at no more of it than a process id may have:
	 * where others may write to the directory, it may be anything.
	 */
	private boolean isOfRunningProcess() throws IOException {
		if (!Files.isRegularFile(this.path, LinkOption.NOFOLLOW_LINKS)) {
			return false;
		}
		try (InputStream file = Files.newInputStream(this.path)) {
			String content = new String(file.readNBytes(LONGEST_CONTENT), StandardCharsets.ISO_8859_1);
			long pid = Long.parseLong(content.strip());
			return pid != ProcessHandle.current().pid() && ProcessHandle.of(pid).isPresent();
		}
		catch (NoSuchFileException | NumberFormatException ex) {
			return false;
		}
	}

	@Override
	public void readiness(boolean accepting) throws IOException {
		try {
			if (accepting) {
				create();
			}
			else {
				Files.deleteIfExists(this.path);
			}
		}
		catch (IOException ex) {
			throw failure(ex);
		}
	}

	private void create() throws IOException {
		Path directory = this.path.getParent();
		if (directory != null) {
			Files.createDirectories(directory);
		}
		Path temporary = this.path
			.resolveSibling(".%s.%d".formatted(this.path.getFileName(), ProcessHandle.current().pid()));
		AtomicFile.write(this.path, temporary, ProcessHandle.current().pid() + "\n");
	}

	private IOException failure(IOException cause) {
		return new IOException("graceful.supervisor.file.path=%s cannot be used (%s): specify a file in a directory "
			.formatted(this.path, cause) + "to which this process may write", cause);
	}

	@Override
	public void stopping() throws IOException {
		readiness(false);
	}

}
