package io.github.gracefulboot.sample;

import java.time.Duration;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Requests that take as long as the caller likes.
 */
@RestController
class WorkController {

	private static final Log logger = LogFactory.getLog(WorkController.class);

	private static final Duration LONGEST = Duration.ofSeconds(120);

	private static final Duration WORTH_A_LINE = Duration.ofSeconds(1);

	private final BackgroundWork background;

	WorkController(BackgroundWork background) {
		this.background = background;
	}

	@RequestMapping(path = "/fast", method = { RequestMethod.GET, RequestMethod.POST })
	String fast(HttpServletRequest request, @RequestBody(required = false) byte[] body) {
		return answer(request, body);
	}

	@RequestMapping(path = "/slow", method = { RequestMethod.GET, RequestMethod.POST })
	String slow(HttpServletRequest request, @RequestBody(required = false) byte[] body,
			@RequestParam(defaultValue = "50") long ms) {
		if (ms < 0) {
			throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "ms has to be 0 or more");
		}
		work(Duration.ofMillis(Math.min(ms, LONGEST.toMillis())));
		return answer(request, body);
	}

	@PostMapping("/background")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void background(@RequestParam long ms) throws InterruptedException {
		this.background.run(Duration.ofMillis(Math.min(Math.max(ms, 0), LONGEST.toMillis())));
	}

	private void work(Duration duration) {
		if (duration.compareTo(WORTH_A_LINE) >= 0) {
			logger.info(LogMessage.format("Slow request of %d ms begins", duration.toMillis()));
		}
		try {
			Thread.sleep(duration.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE, "Interrupted while working", ex);
		}
	}

	private String answer(HttpServletRequest request, byte[] body) {
		String answer = "ok " + Instance.of(request);
		return (body != null) ? answer + " " + body.length + " bytes" : answer;
	}

}
