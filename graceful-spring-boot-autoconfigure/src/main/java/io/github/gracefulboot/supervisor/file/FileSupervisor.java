package io.github.gracefulboot.supervisor.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import io.github.gracefulboot.Supervisor;

/**
 * Maintains a file that contains the process id and exists only while the application
 * accepts traffic. A file that was left behind by a killed process is deleted during the
 * start. With a hand-over it may also be that of the process that serves meanwhile.
 */
final class FileSupervisor implements Supervisor {

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

	private boolean isOfRunningProcess() throws IOException {
		try {
			long pid = Long.parseLong(Files.readString(this.path, StandardCharsets.ISO_8859_1).strip());
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

	/**
	 * Creates the file atomically, so that it is complete as soon as it is visible.
	 */
	private void create() throws IOException {
		Path directory = this.path.getParent();
		if (directory != null) {
			Files.createDirectories(directory);
		}
		Path complete = this.path
			.resolveSibling(".%s.%d".formatted(this.path.getFileName(), ProcessHandle.current().pid()));
		Files.writeString(complete, ProcessHandle.current().pid() + "\n");
		Files.move(complete, this.path, StandardCopyOption.ATOMIC_MOVE);
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
