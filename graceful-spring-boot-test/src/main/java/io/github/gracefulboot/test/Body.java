package io.github.gracefulboot.test;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.LongFunction;

import io.github.gracefulboot.test.load.RequestKind;

import org.springframework.boot.json.JsonWriter;

/**
 * The content of requests, which may differ from one to the next.
 *
 * @param contentType what it is
 * @param content gives the content by the number of the request: numbers grow, and none
 * is given twice in a JVM
 */
public record Body(String contentType, LongFunction<byte[]> content) {

	/**
	 * JSON of what a function makes of the number of a request: maps, collections,
	 * arrays, strings, numbers and booleans.
	 * @param value gives what is written
	 * @return the body
	 */
	public static Body json(LongFunction<?> value) {
		JsonWriter<Object> writer = JsonWriter.standard();
		return new Body("application/json",
				(number) -> writer.writeToString(value.apply(number)).getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * The same text each time.
	 * @param text the content
	 * @return the body
	 */
	public static Body text(String text) {
		return text((number) -> text);
	}

	/**
	 * Text that depends on the number of the request.
	 * @param text gives the content
	 * @return the body
	 */
	public static Body text(LongFunction<String> text) {
		return new Body("text/plain;charset=UTF-8", (number) -> text.apply(number).getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * The same content as another type.
	 * @param contentType such as {@code application/xml}
	 * @return the body
	 */
	public Body as(String contentType) {
		return new Body(contentType, this.content);
	}

	RequestKind request(String method, String path) {
		return new RequestKind(method, path,
				this.contentType.isEmpty() ? Map.of() : Map.of("Content-Type", this.contentType), this.content);
	}

	/**
	 * No content.
	 * @return the body
	 */
	public static Body none() {
		return new Body("", (number) -> new byte[0]);
	}

}
