package io.github.gracefulboot.sample;

import java.time.Duration;

import io.github.gracefulboot.LastEvent;
import io.github.gracefulboot.StreamFarewell;

import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What those who listen to events hear last. Not there in the jar without the starter.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(name = "io.github.gracefulboot.StreamFarewell")
class FarewellConfiguration {

	@Bean
	StreamFarewell farewell() {
		return (method, path) -> new LastEvent("farewell", "this instance stops", Duration.ofSeconds(1));
	}

}
