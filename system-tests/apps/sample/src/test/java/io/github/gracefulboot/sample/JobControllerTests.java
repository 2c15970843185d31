package io.github.gracefulboot.sample;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link JobController}.
 */
@SpringBootTest(classes = SampleApplication.class)
@AutoConfigureMockMvc
class JobControllerTests {

	@Autowired
	private MockMvcTester mvc;

	@Test
	void whenJobIsStartedThenItsOrderIsStoredLater() {
		assertThat(this.mvc.post().uri("/jobs?item=later&ms=50")).hasStatus(HttpStatus.ACCEPTED);
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.mvc.get().uri("/orders")).bodyText().contains("\"later\""));
		assertThat(this.mvc.post().uri("/jobs?item=later&ms=-1")).hasStatus(HttpStatus.BAD_REQUEST);
	}

}
