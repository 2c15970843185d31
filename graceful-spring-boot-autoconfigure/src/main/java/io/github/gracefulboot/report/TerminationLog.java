package io.github.gracefulboot.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * The file whose content Kubernetes shows as the message of a container that has ended.
 *
 * @param path where it is
 * @see <a href=
 * "https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/">Determine
 * the Reason for Pod Failure</a>
 */
record TerminationLog(Path path) {

	/**
	 * What Kubernetes takes of it, in bytes.
	 */
	private static final int LONGEST = 4096;

	/**
	 * Writes the message. The file is never created: it is there where it is read.
	 * @param line the message
	 * @throws IOException if it cannot be written
	 */
	void write(String line) throws IOException {
		byte[] message = line.getBytes(StandardCharsets.UTF_8);
		Files.write(this.path, Arrays.copyOf(message, Math.min(message.length, LONGEST)), StandardOpenOption.WRITE,
				StandardOpenOption.TRUNCATE_EXISTING);
	}

}
