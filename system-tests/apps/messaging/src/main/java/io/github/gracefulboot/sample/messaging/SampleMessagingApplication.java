package io.github.gracefulboot.sample.messaging;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Takes messages from the broker that its profile names: {@code kafka}, {@code rabbit},
 * {@code jms} or {@code redis}.
 */
@SpringBootApplication
public class SampleMessagingApplication {

	public static void main(String[] args) {
		SpringApplication.run(SampleMessagingApplication.class, args);
	}

}
