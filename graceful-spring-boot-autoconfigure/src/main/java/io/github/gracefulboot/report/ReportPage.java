package io.github.gracefulboot.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Supplier;

import org.springframework.util.function.SingletonSupplier;

/**
 * The page that shows a report. It holds all that it needs, and asks for nothing over the
 * network.
 */
final class ReportPage {

	private static final String PLACE = "\"report goes here\"";

	private final Supplier<String> template = SingletonSupplier.of(ReportPage::load);

	/**
	 * Creates the page.
	 * @param json the report, which the page's script only ever shows as text
	 * @return the page, in HTML
	 */
	String of(String json) {
		return this.template.get().replace(PLACE, harmless(json));
	}

	private static String load() {
		try (InputStream template = Objects.requireNonNull(ReportPage.class.getResourceAsStream("report.html"))) {
			return new String(template.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Keeps a report from ending the element that it is in.
	 */
	private static String harmless(String json) {
		return json.replace("&", "\\u0026")
			.replace("<", "\\u003c")
			.replace(">", "\\u003e")
			.replace("\u2028", "\\u2028")
			.replace("\u2029", "\\u2029");
	}

}
