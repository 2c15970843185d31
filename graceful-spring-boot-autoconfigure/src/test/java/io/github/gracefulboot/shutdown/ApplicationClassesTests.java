package io.github.gracefulboot.shutdown;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApplicationClasses}.
 */
class ApplicationClassesTests {

	@Test
	void whichClassesAreTheApplications() {
		ApplicationClasses classes = new ApplicationClasses(
				List.of("com.example.orders.app", "org.acme", "io.github.gracefulboot.sample"));
		assertThat(classes)
			.accepts("com.example.orders.domain.Order", "org.acme.App", "io.github.gracefulboot.sample.A")
			.rejects("com.example.other.App", "org.acmeother.App", "io.github.gracefulboot.shutdown.CutOffs", "App");
		assertThat(new ApplicationClasses(List.of(""))).accepts("App").rejects("com.example.App");
		assertThat(new ApplicationClasses(List.of())).rejects("App");
	}

}
