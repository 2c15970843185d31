package io.github.gracefulboot.web.stream;

import java.time.Duration;
import java.util.List;

import io.github.gracefulboot.LastEvent;
import io.github.gracefulboot.StreamFarewell;
import io.github.gracefulboot.shutdown.DrainProperties;
import io.github.gracefulboot.shutdown.StreamEnds;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.MimeType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EndlessStreams} and what it hands out.
 */
class EndlessStreamsTests {

	private final EndlessStreams byDefault = streams(new DrainProperties());

	@ParameterizedTest
	@ValueSource(strings = { "text/event-stream", "text/event-stream;charset=UTF-8", "Text/Event-Stream ; x=y" })
	void whenTypeIsOfEventsThenIsEndless(String type) {
		assertThat(this.byDefault.isEndless(type)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/event-streams", "text/plain", "application/x-ndjson", "application/octet-stream" })
	void whenTypeIsAnotherThenIsNot(String type) {
		assertThat(this.byDefault.isEndless(type)).isFalse();
		assertThat(this.byDefault.isEndless(null)).isFalse();
	}

	@Test
	void whenNothingIsSetThenOnlyGetIsLookedAt() {
		assertThat(this.byDefault.mayAnswer("GET")).isTrue();
		assertThat(this.byDefault.mayAnswer("POST")).isFalse();
	}

	@Test
	void whenTypesAndMethodsAreSetThenTheyCount() {
		DrainProperties properties = new DrainProperties();
		properties.setStreamTypes(List.of(MimeType.valueOf("application/x-ndjson")));
		properties.setStreamMethods(List.of("post"));
		EndlessStreams streams = streams(properties, (method, path) -> LastEvent.retryAfter(Duration.ZERO));
		assertThat(streams.isEndless("application/x-ndjson")).isTrue();
		assertThat(streams.isEndless("text/event-stream")).isFalse();
		assertThat(streams.mayAnswer("POST")).isTrue();
		assertThat(streams.farewell("application/x-ndjson", "POST", "/")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "*/*", "application/*", "application/*+json" })
	void whenTypeIsAWildcardThenIsRefused(String type) {
		DrainProperties properties = new DrainProperties();
		properties.setStreamTypes(List.of(MimeType.valueOf(type)));
		assertThatExceptionOfType(InvalidConfigurationPropertyValueException.class)
			.isThrownBy(() -> streams(properties))
			.withMessageContaining("graceful.drain.stream-types")
			.withMessageContaining(type);
	}

	@Test
	void whenSeveralFarewellsAreThereThenTheFirstThatSaysSomethingCounts() {
		EndlessStreams streams = streams(new DrainProperties(), (method, path) -> null,
				(method, path) -> new LastEvent(method, path, null),
				(method, path) -> LastEvent.retryAfter(Duration.ZERO));
		assertThat(streams.farewell("text/event-stream", "GET", "/events")).isEqualTo("event: GET\ndata: /events\n\n");
	}

	@Test
	void whenThereIsNoFarewellThenNothingIsSaid() {
		assertThat(this.byDefault.farewell("text/event-stream", "GET", "/events")).isEmpty();
	}

	@Test
	void whenDataHasLinesThenEachIsAField() {
		assertThat(written(new LastEvent(null, "a\nb\r\nc\rd\n", Duration.ofSeconds(2))))
			.isEqualTo("retry: 2000\ndata: a\ndata: b\ndata: c\ndata: d\ndata: \n\n");
		assertThat(written(LastEvent.retryAfter(Duration.ofMillis(5)))).isEqualTo("retry: 5\n\n");
	}

	private static String written(LastEvent event) {
		return streams(new DrainProperties(), (method, path) -> event).farewell("text/event-stream", "GET", "/");
	}

	@Test
	void whenLastEventCannotBeWrittenThenIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new LastEvent("a\nb", null, null));
		assertThatIllegalArgumentException().isThrownBy(() -> new LastEvent("a\n", null, null));
		assertThatIllegalArgumentException().isThrownBy(() -> LastEvent.retryAfter(Duration.ofMillis(-1)));
	}

	@ParameterizedTest
	@CsvSource({ "'',true", "d,false", "'data: 1n',false", "'data: 1nn',true", "'data: 1nnd',false", "'data: 1rr',true",
			"'data: 1rn',false", "'data: 1rnrn',true", "': pingnn',true", "'n',true", "'a: bnc: dn',false" })
	void whenABlankLineWasWrittenThenAnEventIsWhole(String text, boolean whole) {
		assertThat(after(text, this.byDefault.boundary("text/event-stream")).isReached()).isEqualTo(whole);
	}

	@ParameterizedTest
	@CsvSource({ "'',true", "'{}',false", "'{}n',true", "'{}rn',true", "'{}n{',false" })
	void whenALineWasWrittenThenAnotherStreamIsWhole(String text, boolean whole) {
		assertThat(after(text, this.byDefault.boundary("application/x-ndjson")).isReached()).isEqualTo(whole);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void whenFarewellFailsThenTheStreamIsNamedInOneLineWithoutASession(CapturedOutput output) {
		EndlessStreams streams = streams(new DrainProperties(), (method, path) -> {
			throw new IllegalStateException();
		});
		assertThat(streams.farewell("text/event-stream", "GET", "/events;jsessionid=SECRET\n")).isEmpty();
		assertThat(output).contains("streams such as GET /events end without").doesNotContain("SECRET");
	}

	private static EventBoundary after(String text, EventBoundary boundary) {
		text.replace('n', '\n').replace('r', '\r').chars().forEach(boundary::accept);
		return boundary;
	}

	private static EndlessStreams streams(DrainProperties properties, StreamFarewell... farewells) {
		return new EndlessStreams(properties.getStreamTypes(), properties.getStreamMethods(), () -> List.of(farewells),
				new StreamEnds((name) -> false, () -> true));
	}

}
