package io.github.gracefulboot.sample;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.stereotype.Component;

/**
 * Starts a second application in the same JVM: {@code sample.second=beside} the sample
 * once more, {@code sample.second=below} one without a server that has this one as its
 * parent, with a task that takes {@code sample.second-millis}.
 */
@Component
@ConditionalOnProperty("sample.second")
class SecondApplication implements ApplicationRunner {

	private static final Logger logger = LoggerFactory.getLogger(SecondApplication.class);

	private final ConfigurableApplicationContext context;

	private final Environment environment;

	SecondApplication(ConfigurableApplicationContext context, Environment environment) {
		this.context = context;
		this.environment = environment;
	}

	@Override
	public void run(ApplicationArguments args) {
		if ("below".equals(this.environment.getProperty("sample.second"))) {
			ConfigurableApplicationContext below = new SpringApplicationBuilder(Below.class).parent(this.context)
				.web(WebApplicationType.NONE)
				.run("--sample.second=false", "--spring.jmx.enabled=false");
			long millis = this.environment.getRequiredProperty("sample.second-millis", Long.class);
			below.getBean("below", ThreadPoolTaskExecutor.class).execute(() -> work(millis));
		}
		else {
			ConfigurableApplicationContext beside = new SpringApplicationBuilder(SampleApplication.class).run(
					"--server.port=0", "--sample.second=false", "--spring.jmx.enabled=false",
					"--spring.datasource.url=jdbc:h2:mem:second",
					"--graceful.shutdown.timeout=" + this.environment.getProperty("graceful.shutdown.timeout", "30s"));
			logger.info("Second application on port {}", beside.getEnvironment().getProperty("local.server.port"));
		}
	}

	private static void work(long millis) {
		logger.info("Task below begins");
		try {
			Thread.sleep(millis);
			logger.info("Task below ends");
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@EnableAutoConfiguration
	static class Below {

		@Bean
		ThreadPoolTaskExecutor below() {
			return new ThreadPoolTaskExecutor();
		}

	}

}
