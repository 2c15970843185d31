package io.github.gracefulboot.sample;

import java.io.IOException;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Requests whose work is done by another program.
 */
@RestController
class ChildController {

	private static final Log logger = LogFactory.getLog(ChildController.class);

	@GetMapping("/child")
	String child(@RequestParam int seconds) throws IOException, InterruptedException {
		Process child = new ProcessBuilder("sleep", String.valueOf(seconds)).start();
		logger.info(LogMessage.format("Child of %d s begins", seconds));
		int code = child.waitFor();
		if (code != 0) {
			throw new ResponseStatusException(HttpStatus.INTERNAL_SERVER_ERROR, "The child ended with " + code);
		}
		return "ok";
	}

}
