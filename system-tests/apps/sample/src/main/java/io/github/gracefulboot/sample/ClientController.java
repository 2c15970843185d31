package io.github.gracefulboot.sample;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Tells clients which address they come from.
 */
@RestController
class ClientController {

	@GetMapping("/client")
	String client(HttpServletRequest request) {
		return request.getRemoteAddr() + ":" + request.getRemotePort();
	}

}
