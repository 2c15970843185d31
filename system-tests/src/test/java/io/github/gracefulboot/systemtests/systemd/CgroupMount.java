package io.github.gracefulboot.systemtests.systemd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where this machine has version 2 of its control groups: in different places, depending
 * on whether it has version 1 as well.
 */
final class CgroupMount {

	private static final int MOUNT_POINT = 4;

	private CgroupMount() {
	}

	static Optional<Path> find() {
		try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
			return mounts.filter((mount) -> mount.contains(" - cgroup2 "))
				.map((mount) -> List.of(mount.split(" ")).get(MOUNT_POINT))
				.map(Path::of)
				.findFirst();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
