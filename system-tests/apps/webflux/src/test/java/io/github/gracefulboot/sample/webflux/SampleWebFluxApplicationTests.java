package io.github.gracefulboot.sample.webflux;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SampleWebFluxApplication}.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@AutoConfigureWebTestClient
class SampleWebFluxApplicationTests {

	@Autowired
	private WebTestClient client;

	@Test
	void whenOrderIsPlacedThenItIsStored() {
		postOrder("{\"item\": \"green tea\", \"quantity\": 3}").expectStatus()
			.isCreated()
			.expectBody()
			.jsonPath("$.id")
			.isNotEmpty();
		this.client.get()
			.uri("/orders")
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody()
			.jsonPath("$[0].item")
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
		postOrder(order).expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody(String.class)
			.value((body) -> assertThat(body).contains(problem));
	}

	@Test
	void whenBodyIsPostedThenItsLengthIsEchoed() {
		this.client.post()
			.uri("/slow?ms=1")
			.bodyValue("12345")
			.exchange()
			.expectStatus()
			.isOk()
			.expectHeader()
			.exists("X-Instance")
			.expectBody(String.class)
			.value((body) -> assertThat(body).startsWith("ok ").endsWith(" 5 bytes"));
	}

	@Test
	void whenDurationIsNegativeThenBadRequest() {
		this.client.get().uri("/slow?ms=-1").exchange().expectStatus().isEqualTo(HttpStatus.BAD_REQUEST);
	}

	private WebTestClient.ResponseSpec postOrder(String order) {
		return this.client.post().uri("/orders").contentType(MediaType.APPLICATION_JSON).bodyValue(order).exchange();
	}

}
