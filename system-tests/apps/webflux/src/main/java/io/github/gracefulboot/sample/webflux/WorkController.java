package io.github.gracefulboot.sample.webflux;

import java.time.Duration;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;

import org.springframework.core.log.LogMessage;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Requests that take as long as the caller likes, without a thread that waits.
 */
@RestController
class WorkController {

	private static final Log logger = LogFactory.getLog(WorkController.class);

	private static final Duration LONGEST = Duration.ofSeconds(120);

	private static final Duration WORTH_A_LINE = Duration.ofSeconds(1);

	@RequestMapping(path = "/fast", method = { RequestMethod.GET, RequestMethod.POST })
	Mono<String> fast(ServerHttpRequest request, @RequestBody(required = false) Mono<byte[]> body) {
		return answer(request, body);
	}

	@RequestMapping(path = "/slow", method = { RequestMethod.GET, RequestMethod.POST })
	Mono<String> slow(ServerHttpRequest request, @RequestBody(required = false) Mono<byte[]> body,
			@RequestParam(defaultValue = "50") long ms) {
		if (ms < 0) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "ms has to be 0 or more");
		}
		Duration duration = Duration.ofMillis(Math.min(ms, LONGEST.toMillis()));
		if (duration.compareTo(WORTH_A_LINE) >= 0) {
			logger.info(LogMessage.format("Slow request of %d ms begins", duration.toMillis()));
		}
		return answer(request, body).delayElement(duration);
	}

	private Mono<String> answer(ServerHttpRequest request, Mono<byte[]> body) {
		String answer = "ok " + Instance.of(request);
		return body.map((bytes) -> answer + " " + bytes.length + " bytes").defaultIfEmpty(answer);
	}

}
