package io.github.gracefulboot.sample.webflux;

import java.time.Duration;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.log.LogMessage;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;

/**
 * A WebSocket whose messages take as many milliseconds as they say, without a thread that
 * waits.
 */
@Configuration(proxyBeanMethods = false)
class WorkSocketConfiguration {

	private static final Log logger = LogFactory.getLog(WorkSocketConfiguration.class);

	@Bean
	SimpleUrlHandlerMapping workSocket() {
		WebSocketHandler handler = (session) -> session.send(session.receive()
			.map(WebSocketMessage::getPayloadAsText)
			.concatMap(WorkSocketConfiguration::work)
			.map(session::textMessage));
		return new SimpleUrlHandlerMapping(Map.of("/work", handler), -1);
	}

	private static Mono<String> work(String millis) {
		logger.info(LogMessage.format("Message of %s ms begins", millis));
		return Mono.delay(Duration.ofMillis(Long.parseLong(millis)))
			.doOnNext((tick) -> logger.info(LogMessage.format("Message of %s ms is done", millis)))
			.thenReturn("done");
	}

}
