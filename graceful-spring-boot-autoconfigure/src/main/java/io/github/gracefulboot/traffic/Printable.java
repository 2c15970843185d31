package io.github.gracefulboot.traffic;

import java.util.regex.Pattern;

/**
 * Makes what clients send fit to be shown in a line: in logs, reports and endpoints.
 */
public final class Printable {

	private static final int LONGEST = 200;

	/**
	 * Line breaks, other control characters, those that change how others look, and
	 * halves of characters.
	 */
	private static final Pattern INVISIBLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

	/**
	 * The parameters of a path, such as the id of a session.
	 */
	private static final Pattern PARAMETERS = Pattern.compile(";[^/]*");

	private Printable() {
	}

	/**
	 * Returns a text without what cannot be seen, and no longer than 200 characters.
	 * @param text what a client has sent
	 * @return the text
	 */
	public static String text(String text) {
		return line((text.length() > LONGEST) ? text.substring(0, LONGEST) + "..." : text);
	}

	/**
	 * Returns a text without what cannot be seen, however long it is.
	 * @param text what contains something that a client has sent
	 * @return the text
	 */
	public static String line(String text) {
		return INVISIBLE.matcher(text).replaceAll("?");
	}

	/**
	 * Returns what to call a request.
	 * @param method the HTTP method as it came
	 * @param path the path as it came
	 * @return such as {@code POST /orders}
	 */
	public static String request(String method, String path) {
		return text(method) + " " + path(path);
	}

	/**
	 * Returns the path of a request without its parameters, which may be secrets.
	 * @param path the path as it came
	 * @return the path
	 */
	public static String path(String path) {
		return text(PARAMETERS.matcher(path).replaceAll(""));
	}

}
