package io.github.gracefulboot.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a benchmark found, as a table that is printed and files below
 * {@code benchmarks/target/results}.
 */
public final class Results {

	private final Path directory;

	private final List<List<String>> rows = new ArrayList<>();

	/**
	 * Begins a benchmark.
	 * @param name its name
	 * @param longest how long it takes at the most
	 * @param header the columns of its table
	 * @throws IOException if no files can be written
	 */
	public Results(String name, Duration longest, String... header) throws IOException {
		this.directory = Path.of("benchmarks", "target", "results", name).toAbsolutePath();
		Files.createDirectories(this.directory);
		System.out.printf("%s: up to %d min. Results: %s%n%n", name, longest.plusSeconds(59).toMinutes(),
				this.directory);
		this.rows.add(List.of(header));
		this.rows.add(Collections.nCopies(header.length, "---"));
	}

	/**
	 * Adds a row to the table, and prints it.
	 * @param cells its cells
	 */
	public void row(Object... cells) {
		List<String> row = new ArrayList<>();
		for (Object cell : cells) {
			row.add(String.valueOf(cell));
		}
		if (this.rows.size() == 2) {
			this.rows.forEach((line) -> System.out.println(text(line)));
		}
		this.rows.add(row);
		System.out.println(text(row));
	}

	private static String text(List<String> row) {
		return "| " + String.join(" | ", row) + " |";
	}

	/**
	 * Creates a directory.
	 * @param name its name
	 * @return the directory
	 * @throws IOException if it cannot be created
	 */
	public Path directory(String name) throws IOException {
		return Files.createDirectories(path(name));
	}

	/**
	 * Returns the path of another file.
	 * @param file its name
	 * @return the path
	 */
	public Path path(String file) {
		return this.directory.resolve(file);
	}

	/**
	 * Writes another file.
	 * @param file its name
	 * @param text what is in it
	 * @throws IOException if it cannot be written
	 */
	public void write(String file, String text) throws IOException {
		Files.writeString(path(file), text);
	}

	/**
	 * Writes the table.
	 * @throws IOException if it cannot be written
	 */
	public void write() throws IOException {
		write("table.md", String.join("\n", this.rows.stream().map(Results::text).toList()) + "\n");
	}

}
