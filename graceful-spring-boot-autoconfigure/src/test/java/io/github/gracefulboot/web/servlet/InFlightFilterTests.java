package io.github.gracefulboot.web.servlet;

import io.github.gracefulboot.shutdown.ShutdownSequence;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.Test;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.result.MockMvcResultMatchers;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.context.WebApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link InFlightFilter}, besides those with a client.
 */
class InFlightFilterTests {

	@Test
	void whenTheFilterItselfFailsThenTheRequestIsNotInFlightForEver() {
		try (ConfigurableApplicationContext context = SpringApplication.run(Application.class, "--server.port=0",
				"--graceful.lame-duck.enabled=false", "--graceful.shutdown.exit-codes=false")) {
			Filter filter = context.getBean("gracefulInFlightFilter", FilterRegistrationBean.class).getFilter();
			MockHttpServletRequest request = new MockHttpServletRequest("GET", "/orders") {

				@Override
				public String getHeader(String name) {
					if (name.equals("Accept")) {
						throw new OutOfMemoryError("no memory");
					}
					return null;
				}

			};
			assertThatExceptionOfType(OutOfMemoryError.class)
				.isThrownBy(() -> filter.doFilter(request, new MockHttpServletResponse(), new MockFilterChain()));
			assertThat(context.getBean(ShutdownSequence.class).getActiveTasks()).isEmpty();
		}
	}

	@Test
	void whenARequestIsAMockThenItIsServed() throws Exception {
		try (ConfigurableApplicationContext context = SpringApplication.run(Application.class, "--server.port=0",
				"--graceful.lame-duck.enabled=false", "--graceful.shutdown.exit-codes=false")) {
			MockMvc mvc = MockMvcBuilders.webAppContextSetup((WebApplicationContext) context)
				.addFilters(context.getBean("gracefulInFlightFilter", FilterRegistrationBean.class).getFilter())
				.build();
			mvc.perform(MockMvcRequestBuilders.get("/nothing")).andExpect(MockMvcResultMatchers.status().isNotFound());
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
