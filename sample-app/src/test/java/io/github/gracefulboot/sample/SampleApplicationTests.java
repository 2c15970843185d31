package io.github.gracefulboot.sample;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SampleApplication}.
 */
@SpringBootTest
@AutoConfigureMockMvc
class SampleApplicationTests {

	@Autowired
	private MockMvcTester mvc;

	@Test
	void whenOrderIsPlacedThenItIsStored() {
		assertThat(postOrder("{\"item\": \"green tea\", \"quantity\": 3}")).hasStatus(HttpStatus.CREATED)
			.bodyJson()
			.extractingPath("$.id")
			.isNotNull();
		assertThat(this.mvc.get().uri("/orders")).hasStatusOk()
			.bodyJson()
			.extractingPath("$[0].item")
			.isEqualTo("green tea");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"quantity": 1}                | item is missing
			{"item": " ", "quantity": 1}   | item is missing
			{"item": "tea"}                | quantity has to be 1 or more
			{"item": "tea", "quantity": 0} | quantity has to be 1 or more
			{"item": "tea", "quantity": x} | The body has to be JSON such as
			""")
	void whenOrderIsBadThenProblemSaysWhatIsWrong(String order, String problem) {
		assertThat(postOrder(order)).hasStatus(HttpStatus.BAD_REQUEST)
			.hasContentType(MediaType.APPLICATION_PROBLEM_JSON)
			.bodyText()
			.contains(problem);
	}

	@Test
	void whenItemIsTooLongThenProblemSaysSo() {
		assertThat(postOrder("{\"item\": \"%s\", \"quantity\": 1}".formatted("x".repeat(101))))
			.hasStatus(HttpStatus.BAD_REQUEST)
			.bodyText()
			.contains("at most 100 characters");
	}

	@Test
	void whenBodyIsPostedThenItsLengthIsEchoed() {
		assertThat(this.mvc.post().uri("/slow?ms=1").content("12345")).hasStatusOk()
			.containsHeader("X-Instance")
			.bodyText()
			.startsWith("ok ")
			.endsWith(" 5 bytes");
	}

	@Test
	void whenDurationIsNegativeThenBadRequest() {
		assertThat(this.mvc.get().uri("/slow?ms=-1")).hasStatus(HttpStatus.BAD_REQUEST);
	}

	private MvcTestResult postOrder(String order) {
		return this.mvc.post().uri("/orders").contentType(MediaType.APPLICATION_JSON).content(order).exchange();
	}

}
